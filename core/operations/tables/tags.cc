// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/tags.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "core/base/limits.h"
#include "core/json/typed_read.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

Error too_many() {
  return Error::validation("Number of Tags exceed the current limit for the provided ResourceArn");
}

struct Block {
  char32_t first;
  char32_t last;
};
// Unicode's blocks of punctuation, symbols and pictures beyond ASCII: what a tag, made of letters, digits and
// spaces of any script, does not hold.
constexpr Block kSymbolBlocks[] = {
    {0x00A1, 0x00A9}, {0x00AB, 0x00B1}, {0x00D7, 0x00D7},   {0x00F7, 0x00F7},
    {0x2010, 0x2027}, {0x2030, 0x205E}, {0x2060, 0x206F},   {0x20A0, 0x20FF},
    {0x2190, 0x245F}, {0x2500, 0x2BFF}, {0x3001, 0x3003},   {0x3008, 0x3020},
    {0xD800, 0xF8FF}, {0xFE00, 0xFE6F}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF}};

bool is_tag_character(char32_t character) {
  if (character < 0x80) {
    const char c = static_cast<char>(character);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" +-=._:/@").find(c) != std::string_view::npos;
  }
  return std::none_of(std::begin(kSymbolBlocks), std::end(kSymbolBlocks), [character](const Block& block) {
    return character >= block.first && character <= block.last;
  });
}

// The next character of well-formed UTF-8, which all of a request's texts are.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t character = bytes == 1 ? lead : lead & (0x7F >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    character = (character << 6) | (static_cast<unsigned char>(text[i]) & 0x3F);
  }
  text.remove_prefix(bytes);
  return character;
}

bool is_tag_text(std::string_view text, std::size_t characters_max) {
  std::size_t count = 0;
  while (!text.empty()) {
    if (!is_tag_character(take_character(text)) || ++count > characters_max) return false;
  }
  return true;
}

bool is_reserved(std::string_view key) {
  constexpr std::string_view kPrefix = "aws:";
  return key.size() >= kPrefix.size() &&
         std::equal(kPrefix.begin(), kPrefix.end(), key.begin(), [](char wanted, char is) {
           return wanted == (is >= 'A' && is <= 'Z' ? static_cast<char>(is - 'A' + 'a') : is);
         });
}

Status check_key(std::optional<std::string_view> key) {
  if (!key || key->empty() || !is_tag_text(*key, limits::kTagKeyCharactersMax)) {
    return Error::validation(fmt::format("The Tag Key provided is invalid, Key: {}", key.value_or("null")));
  }
  if (!is_reserved(*key)) return {};
  return Error::validation(fmt::format("Tag Key cannot be prefixed with aws:, Key: {}", *key));
}

Status check_value(std::optional<std::string_view> value) {
  if (value && is_tag_text(*value, limits::kTagValueCharactersMax)) return {};
  return Error::validation(
      fmt::format("The Tag Value provided is invalid, Value: {}", value.value_or("null")));
}

}  // namespace

Result<Tags> read_tags(const json::Value& list) {
  if (list.size() > limits::kTagsMax) return too_many();
  Tags tags;
  RETURN_IF_ERROR(for_each_structure(list, "Tag", "tags", [&](const RequestReader& element) -> Status {
    ASSIGN_OR_RETURN(const std::optional<std::string_view> key, element.string("Key"));
    ASSIGN_OR_RETURN(const std::optional<std::string_view> value, element.string("Value"));
    RETURN_IF_ERROR(check_key(key));
    RETURN_IF_ERROR(check_value(value));
    if (tags.emplace(*key, *value).second) return {};
    return Error::validation(
        fmt::format("Duplicate Tag Keys provided as input: Duplicate Tag Key found {}", *key));
  }));
  return tags;
}

Result<std::vector<std::string>> read_tag_keys(const json::Value& list) {
  if (list.size() > limits::kTagsMax) return too_many();
  std::vector<std::string> keys;
  RETURN_IF_ERROR(list.for_each_element([&](json::Value element) -> Status {
    ASSIGN_OR_RETURN(const std::string_view key, json::read_string(element));
    RETURN_IF_ERROR(check_key(key));
    keys.emplace_back(key);
    return {};
  }));
  return keys;
}

Status merge_tags(const Tags& added, Tags& tags) {
  for (const auto& [key, value] : added) tags[key] = value;
  if (tags.size() > limits::kTagsMax) return too_many();
  return {};
}

Result<std::string_view> read_resource_arn(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> arn, request.string("ResourceArn"));
  if (!arn) return Error::validation("Invalid TableArn");
  return *arn;
}

Result<std::string> tagged_table_name(std::string_view arn, const RegionId& region) {
  if (!is_arn(arn)) {
    return Error::validation(
        fmt::format("One or more parameter values were invalid: ARNs must start with 'arn:': {}", arn));
  }
  Result<std::string> name = table_name_of_arn(arn, region);
  if (name.ok() && parse_item_table(*name, region).ok()) return name;
  return Error::validation(fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", arn));
}

Error tagged_table_not_found(std::string_view arn) {
  return Error::resource_not_found(
      fmt::format("Requested resource not found: ResourcArn: {} not found", arn));  // AWS spells it so
}

}  // namespace gyre::operations
