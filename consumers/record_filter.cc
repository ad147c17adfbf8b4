// SPDX-License-Identifier: Apache-2.0
#include "consumers/record_filter.h"

#include <algorithm>

#include <fmt/core.h>

#include "core/base/base64.h"
#include "core/base/join.h"
#include "core/json/attribute_json.h"
#include "core/json/json_reader.h"
#include "core/model/item_codec.h"

namespace gyre::consumers {

namespace {

bool is_text_of(const AttributeValue& value, const std::string& text) {
  switch (value.type()) {
    case AttributeType::kString:
      return value.as_string() == text;
    case AttributeType::kBinary:
      return base64(value.as_binary()) == text;
    case AttributeType::kNumber: {
      const Result<Number> number = Number::parse(text);
      return number.ok() && *number == value.as_number();
    }
    default:
      return false;
  }
}

}  // namespace

Status RecordFilter::set_key(const std::string& text) {
  if (!text.starts_with('{')) {
    plain_key_ = text;
    return {};
  }
  json::Parser parser;
  const auto parsed = [&]() -> Result<AttributeMap> {
    ASSIGN_OR_RETURN(const json::Value value, parser.parse(text));
    return json::read_attribute_map(value);
  }();
  if (!parsed.ok()) {
    return Error::validation(
        fmt::format("a key is DynamoDB JSON, {{\"id\":{{\"S\":\"1\"}}}}, or a plain value; {} is "
                    "neither: {}",
                    text, parsed.error().message));
  }
  key_ = *parsed;
  return {};
}

Status RecordFilter::set_key_names(const std::vector<std::string>& names) {
  if (!names.empty()) partition_key_ = names.front();
  if (!key_) return {};
  for (const Attribute& wanted : *key_) {
    if (std::find(names.begin(), names.end(), wanted.name) == names.end()) {
      return Error::validation(
          fmt::format("the key names '{}', which is no attribute of the table's key ({})", wanted.name,
                      join(names, ", ")));
    }
  }
  if (key_->begin() == key_->end()) {
    return Error::validation(fmt::format("the key is empty; the table's key is {}", join(names, ", ")));
  }
  return {};
}

Result<bool> RecordFilter::wants(const storage::ChangeRecord& record) const {
  if (hybrid_to_ms(record.commit_time) < from_ms_ || is_past_end(record)) return false;
  if (!key_ && !plain_key_) return true;
  ASSIGN_OR_RETURN(const AttributeMap keys, decode_item(record.keys));
  return matches_key(keys);
}

bool RecordFilter::is_past_end(const storage::ChangeRecord& record) const {
  return to_ms_ && hybrid_to_ms(record.commit_time) >= *to_ms_;
}

bool RecordFilter::matches_key(const AttributeMap& keys) const {
  if (plain_key_) {
    const AttributeValue* value = keys.find(partition_key_);
    return value != nullptr && is_text_of(*value, *plain_key_);
  }
  return std::all_of(key_->begin(), key_->end(), [&](const Attribute& wanted) {
    const AttributeValue* value = keys.find(wanted.name);
    return value != nullptr && *value == wanted.value;
  });
}

}  // namespace gyre::consumers
