// SPDX-License-Identifier: Apache-2.0
#include "core/api/names.h"

#include <algorithm>

namespace gyre::api {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-';
}

}  // namespace

std::string camel_case(std::string_view name) {
  std::string member(name);
  if (!member.empty() && member[0] >= 'A' && member[0] <= 'Z') {
    member[0] = static_cast<char>(member[0] - 'A' + 'a');
  }
  return member;
}

bool has_name_characters(std::string_view name) {
  return std::all_of(name.begin(), name.end(), is_name_character);
}

}  // namespace gyre::api
