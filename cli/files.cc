// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace gyre::cli {

Result<std::string> read_file(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return Error::validation(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  }
  return text.str();
}

Status write_file(const std::string& name, std::string_view text) {
  const std::string fresh = name + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out || std::rename(fresh.c_str(), name.c_str()) != 0) {
    return Error::validation(fmt::format("cannot write {}: {}", name, std::strerror(errno)));
  }
  return {};
}

Status make_writable_directory(const std::string& name) {
  std::error_code error;
  std::filesystem::create_directories(name, error);
  if (error) return Error::validation(fmt::format("cannot make the directory {}: {}", name, error.message()));
  if (::access(name.c_str(), W_OK | X_OK) != 0) {
    return Error::validation(fmt::format("the directory {} is not writable: {}", name, std::strerror(errno)));
  }
  return {};
}

}  // namespace gyre::cli
