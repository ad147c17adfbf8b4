// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_writes.h"

#include <utility>

#include <fmt/core.h>

#include "core/base/limits.h"
#include "core/model/index_keys.h"
#include "core/model/item_codec.h"
#include "core/model/key.h"

namespace gyre::consumers {

namespace {

using streams::ConsumerWrite;

bool is_key_attribute(const KeySchema& schema, const std::string& name) {
  return name == schema.partition.name || (schema.sort && name == schema.sort->name);
}

Status put(storage::WriteTransaction& transaction, const storage::TableEntry& table, const ItemKey& key,
           const AttributeMap& item) {
  const std::size_t bytes = dynamodb_size(item);
  if (bytes > limits::kItemBytesMax) {
    return Error::validation(fmt::format("an item of {} bytes is too large", bytes));
  }
  RETURN_IF_ERROR(check_index_keys(table.schema, item));
  return transaction.items().put(table, key, encode_item(item));
}

Status apply_to_table(storage::WriteTransaction& transaction, const storage::TableEntry& table,
                      const ConsumerWrite& write) {
  const KeySchema& schema = table.schema.key_schema;
  ASSIGN_OR_RETURN(AttributeMap attributes, decode_item(write.item));
  ASSIGN_OR_RETURN(const ItemKey key, item_key(schema, attributes, write.kind != ConsumerWrite::Kind::kPut));
  if (write.kind == ConsumerWrite::Kind::kPut) return put(transaction, table, key, attributes);
  if (write.kind == ConsumerWrite::Kind::kDelete) return transaction.items().erase(table, key);
  ASSIGN_OR_RETURN(const storage::StoredItem stored, transaction.items().read(table, key));
  if (stored.exists()) {
    ASSIGN_OR_RETURN(attributes, decode_item(*stored.image));
  }
  ASSIGN_OR_RETURN(const AttributeMap sum,
                   add_to_attribute(schema, std::move(attributes), write.attribute, write.amount));
  return put(transaction, table, key, sum);
}

}  // namespace

Result<AttributeMap> add_to_attribute(const KeySchema& schema, AttributeMap item,
                                      const std::string& attribute, const std::string& amount) {
  if (is_key_attribute(schema, attribute)) {
    return Error::validation(fmt::format("attribute {} is part of the key", attribute));
  }
  const AttributeValue* present = item.find(attribute);
  if (present && !present->is(AttributeType::kNumber)) {
    return Error::validation(fmt::format("attribute {} is no number", attribute));
  }
  ASSIGN_OR_RETURN(const Number by, Number::parse(amount));
  ASSIGN_OR_RETURN(const Number sum, Number::add(present ? present->as_number() : Number(), by));
  item.set(attribute, AttributeValue::number(sum));
  return item;
}

Status apply_write(storage::WriteTransaction& transaction, const ConsumerWrite& write) {
  const storage::TablePointer table = transaction.catalog().find(write.table_name);
  if (!table) {
    return Error::resource_not_found(fmt::format(
        "the consumer writes to table {}, which does not exist in this region", write.table_name));
  }
  Status applied = apply_to_table(transaction, *table, write);
  if (applied.ok()) return applied;
  return Error(applied.error().code, fmt::format("the consumer's write to table {}: {}", write.table_name,
                                                 applied.error().message));
}

}  // namespace gyre::consumers
