// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// How the number of cities in each country changes. Pure, so that it can be tested without a database.
class CountryTally {
 public:
  /// One city went from one country to another; nullopt: it is new, or gone, or names no country.
  void move(std::optional<std::string_view> from, std::optional<std::string_view> to) {
    if (from == to) return;
    if (from) --changes_[std::string(*from)];
    if (to) ++changes_[std::string(*to)];
  }

  /// By country; those that cancelled out are 0.
  const std::map<std::string, std::int64_t>& changes() const { return changes_; }

 private:
  std::map<std::string, std::int64_t> changes_;
};

/// The key of a country's row as DynamoDB JSON.
inline std::string country_key_json(std::string_view country) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string json = R"({"country":{"S":")";
  for (const char c : country) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte < 0x20) {
      json += "\\u00";
      json += kHex[byte >> 4];
      json += kHex[byte & 15];
    } else {
      json += c;
    }
  }
  return json + R"("}})";
}
