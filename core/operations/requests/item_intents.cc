// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/item_intents.h"

#include <algorithm>
#include <utility>

#include "core/base/base64.h"
#include "core/base/bytes.h"

namespace gyre::operations {
namespace {

std::string key_text(const AttributeValue& value) {
  switch (value.type()) {
    case AttributeType::kNumber:
      return value.as_number().to_string();
    case AttributeType::kBinary:
      return base64(value.as_binary());
    default:
      return value.as_string();
  }
}

}  // namespace

Intents table_intent(std::string_view action, std::string_view table_name) {
  return {{action, Resource::of_table(table_name)}};
}

Intents general_intent(std::string_view action) {
  return {{action, Resource::any()}};
}

std::vector<std::string> leading_keys(std::string_view partition, std::span<const KeyAttribute> attributes) {
  std::vector<std::string> texts;
  ByteReader reader(partition);
  for (const KeyAttribute& attribute : attributes) {
    const Result<AttributeValue> value = read_key_value(reader, attribute.type);
    if (!value.ok()) break;  // it is our own encoding
    texts.push_back(key_text(*value));
  }
  return texts;
}

std::vector<std::string> distinct_names(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void add_names(const std::vector<std::string>& more, std::vector<std::string>& names) {
  names.insert(names.end(), more.begin(), more.end());
}

void add_names(std::span<const KeyAttribute> keys, std::vector<std::string>& names) {
  for (const KeyAttribute& key : keys) names.push_back(key.name);
}

void add_names(const AttributeMap& attributes, std::vector<std::string>& names) {
  for (const auto& [name, value] : attributes) names.push_back(name);
}

ItemIntent::ItemIntent(std::string_view action, const TableSchema& table)
    : table_(table), intent_{action, Resource::of_table(table.name)} {
  const KeyAttributes keys = key_attributes_of(table.key_schema);
  add_names(keys.partition, names_);
  add_names(keys.sort, names_);
}

ItemIntent& ItemIntent::key(const ItemKey& key) {
  add_names(leading_keys(key.partition, key_attributes_of(table_.key_schema).partition),
            intent_.leading_keys);
  return *this;
}

ItemIntent& ItemIntent::row(const storage::ItemRow& row) {
  const Result<ItemKey> read = row.key(table_.key_schema);
  return read.ok() ? key(*read) : *this;
}

ItemIntent& ItemIntent::names(const std::vector<std::string>& names) {
  add_names(names, names_);
  return *this;
}

ItemIntent& ItemIntent::all_attributes() {
  all_ = true;
  return *this;
}

Intent ItemIntent::finish() && {
  intent_.leading_keys = distinct_names(std::move(intent_.leading_keys));
  if (!all_) intent_.attributes = distinct_names(std::move(names_));
  return std::move(intent_);
}

}  // namespace gyre::operations
