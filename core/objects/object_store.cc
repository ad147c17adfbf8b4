// SPDX-License-Identifier: Apache-2.0
#include "core/objects/object_store.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/check.h"

namespace gyre::objects {
namespace {

bool is_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '=';
  };
  return !name.empty() && name.size() <= kObjectNameBytesMax && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

Status check_key(std::string_view key) {
  bool good = key.size() <= kObjectKeyBytesMax;
  for (std::size_t begin = 0; good && begin <= key.size();) {
    const std::size_t end = std::min(key.find('/', begin), key.size());
    good = is_name(key.substr(begin, end - begin));
    begin = end + 1;
  }
  if (good) return {};
  return Error::validation(
      fmt::format("an object's key is names of letters, digits and '-_.=' joined by '/', at most {} bytes",
                  kObjectKeyBytesMax));
}

Result<std::string> get_whole(ObjectStore& store, const std::string& key, std::size_t bytes_max) {
  CHECK(bytes_max < kObjectPieceBytesMax);
  ASSIGN_OR_RETURN(std::string bytes, store.get(key, 0, bytes_max + 1));
  if (bytes.size() > bytes_max) {
    return Error::corruption(fmt::format("{}: {} has more than {} bytes", store.name(), key, bytes_max));
  }
  return bytes;
}

}  // namespace gyre::objects
