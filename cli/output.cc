// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include "cli/exit_codes.h"
#include "core/json/json_copy.h"

namespace gyre::cli {
namespace {

// "TableName" -> "table_name"
std::string snake_case(std::string_view name) {
  std::string text;
  for (const char letter : name) {
    const bool capital = letter >= 'A' && letter <= 'Z';
    if (capital && !text.empty()) text.push_back('_');
    text.push_back(capital ? static_cast<char>(letter - 'A' + 'a') : letter);
  }
  return text;
}

}  // namespace

int finish_output(int code) {
  std::cout.flush();  // --help comes that way
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int reason = errno;
  if (flushed && std::ferror(stdout) == 0 && std::cout.good()) return code;
  fmt::print(stderr, "gyre: cannot write to standard output{}{}\n", reason == 0 ? "" : ": ",
             reason == 0 ? "" : std::strerror(reason));
  return kExitError;
}

void copy_reply(json::Writer& writer, const json::Value& value) {
  if (value.is_object()) {
    writer.begin_object();
    copy_reply_members(writer, value);
    writer.end_object();
  } else if (value.is_array()) {
    writer.begin_array();
    for (json::ElementCursor cursor(value); !cursor.at_end(); cursor.advance())
      copy_reply(writer, cursor.value());
    writer.end_array();
  } else {
    json::copy(writer, value);
  }
}

void copy_reply_members(json::Writer& writer, const json::Value& object) {
  for (json::MemberCursor cursor(object); !cursor.at_end(); cursor.advance()) {
    writer.key(snake_case(cursor.name()));
    if (cursor.name() == "Keys" || cursor.name() == "Image") {
      json::copy(writer, cursor.value());
    } else {
      copy_reply(writer, cursor.value());
    }
  }
}

}  // namespace gyre::cli
