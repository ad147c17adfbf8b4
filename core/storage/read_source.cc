// SPDX-License-Identifier: Apache-2.0
#include "core/storage/read_source.h"

#include <span>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

// Adds the values of an encoded tuple.
Status add_values(std::string_view tuple, std::span<const KeyAttribute> attributes, AttributeMap& key) {
  ByteReader reader(tuple);
  for (const KeyAttribute& attribute : attributes) {
    ASSIGN_OR_RETURN(AttributeValue value, read_key_value(reader, attribute.type));
    key.set(attribute.name, std::move(value));
  }
  return {};
}

std::string prefix_of(const ReadSource& source, const std::string& partition_key) {
  ItemKey key;
  key.partition_hash = hash64(partition_key);
  key.partition = partition_key;
  return source.index != nullptr ? index_partition_prefix(source.index->id, key)
                                 : partition_prefix(source.table->schema.id, key);
}

}  // namespace

void RowRange::start_after(const std::string& place, bool forward) {
  if (forward) {
    lower = place + '\0';
  } else {
    upper = place;
  }
}

bool RowRange::ends_at(const std::string& place, bool forward) const {
  if (!forward) return place <= lower;
  const std::string next = prefix_end(place);  // no row begins with another
  return next.empty() || next >= upper;
}

KeyAttributes ReadSource::keys() const {
  return index != nullptr ? key_attributes_of(*index) : key_attributes_of(table->schema.key_schema);
}

RowRange ReadSource::partition_rows(const std::string& partition_key,
                                    const std::optional<std::string>& sort_lower,
                                    const std::optional<std::string>& sort_upper) const {
  RowRange rows;
  rows.partition = prefix_of(*this, partition_key);
  rows.lower = rows.partition + sort_lower.value_or("");
  rows.upper = sort_upper ? rows.partition + *sort_upper : prefix_end(rows.partition);
  return rows;
}

RowRange ReadSource::item_rows(const std::string& partition_key) const {
  const std::string prefix = prefix_of(*this, partition_key);
  return {prefix, prefix + '\0', prefix};
}

RowRange ReadSource::hash_range(std::uint64_t first, std::uint64_t last) const {
  auto [lower, upper] = index != nullptr ? index_hash_range_rows(index->id, first, last)
                                         : hash_range_rows(table->schema.id, first, last);
  return {std::move(lower), std::move(upper), ""};
}

std::string_view ReadSource::partition_key(const RowRange& rows) const {
  return std::string_view(rows.partition).substr(partition_group(rows.partition).size());
}

std::string ReadSource::place_of(const ItemKey& index_key, const ItemKey& item_key) const {
  const std::string item = item_row(table->schema.id, item_key);
  return index == nullptr ? item : index_row(index->id, index_key, item);
}

Result<AttributeMap> ReadSource::keys_at(std::string_view place) const {
  const KeySchema& schema = table->schema.key_schema;
  if (index == nullptr) {
    ASSIGN_OR_RETURN(const ItemKey key, read_item_row(place, schema));
    return key_attributes(schema, key);
  }
  ASSIGN_OR_RETURN(const IndexRowKeys both, read_index_row(place, *index, schema));
  ASSIGN_OR_RETURN(AttributeMap key, key_attributes(schema, both.item));
  RETURN_IF_ERROR(add_values(both.index.partition, index->partition, key));
  RETURN_IF_ERROR(add_values(both.index.sort, index->sort, key));
  return key;
}

}  // namespace gyre::storage
