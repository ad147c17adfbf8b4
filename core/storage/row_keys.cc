// SPDX-License-Identifier: Apache-2.0
#include "core/storage/row_keys.h"

#include <limits>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace gyre::storage {
namespace {

constexpr std::size_t kBytesBeforeKey = 16;  // the id and the hash

// Rows of items and of indexes begin alike: with the id of their table or index, and a hash.
template <class Id>
std::string id_prefix(Id id) {
  std::string prefix;
  append_u64_be(prefix, id.value());
  return prefix;
}

template <class Id>
std::string hash_prefix(Id id, std::uint64_t hash) {
  std::string prefix = id_prefix(id);
  append_u64_be(prefix, hash);
  return prefix;
}

template <class Id>
std::string key_prefix(Id id, const ItemKey& key) {
  std::string prefix;
  prefix.reserve(kBytesBeforeKey + key.partition.size() + key.sort.size());
  append_u64_be(prefix, id.value());
  append_u64_be(prefix, key.partition_hash);
  prefix += key.partition;
  return prefix;
}

template <class Id>
std::pair<std::string, std::string> all_rows(Id id) {
  return {id_prefix(id), prefix_end(id_prefix(id))};
}

template <class Id>
std::pair<std::string, std::string> hash_range(Id id, std::uint64_t first, std::uint64_t last) {
  const bool to_the_end = last == std::numeric_limits<std::uint64_t>::max();
  return {hash_prefix(id, first), to_the_end ? prefix_end(id_prefix(id)) : hash_prefix(id, last + 1)};
}

// The bytes of the next key values.
Result<std::string> read_tuple(ByteReader& reader, std::span<const KeyAttribute> attributes) {
  const std::string_view start = reader.rest();
  for (const KeyAttribute& attribute : attributes) {
    RETURN_IF_ERROR(read_key_value(reader, attribute.type));
  }
  return std::string(start.substr(0, start.size() - reader.rest().size()));
}

Result<ItemKey> read_key(ByteReader& reader, const KeyAttributes& attributes) {
  ItemKey key;
  ASSIGN_OR_RETURN(key.partition, read_tuple(reader, attributes.partition));
  ASSIGN_OR_RETURN(key.sort, read_tuple(reader, attributes.sort));
  key.partition_hash = hash64(key.partition);
  return key;
}

}  // namespace

std::string partition_prefix(TableId table, const ItemKey& key) {
  return key_prefix(table, key);
}

std::string item_row(TableId table, const ItemKey& key) {
  std::string row = partition_prefix(table, key);
  row += key.sort;
  return row;
}

std::pair<std::string, std::string> hash_range_rows(TableId table, std::uint64_t first, std::uint64_t last) {
  return hash_range(table, first, last);
}

std::pair<std::string, std::string> table_rows(TableId table) {
  return all_rows(table);
}

Result<ItemKey> read_item_row(std::string_view row, const KeySchema& schema) {
  ByteReader reader(row);
  RETURN_IF_ERROR(reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t hash, reader.u64_be());
  ASSIGN_OR_RETURN(ItemKey key, read_key(reader, key_attributes_of(schema)));
  if (!reader.at_end()) return Error::corruption("an item row goes on after its key");
  if (key.partition_hash != hash) return Error::corruption("an item row has a wrong hash");
  return key;
}

std::string index_row(IndexId index, const ItemKey& index_key, std::string_view item_row) {
  std::string row = key_prefix(index, index_key);
  row += index_key.sort;
  row += item_row.substr(kBytesBeforeKey);
  return row;
}

std::string index_partition_prefix(IndexId index, const ItemKey& index_key) {
  return key_prefix(index, index_key);
}

std::pair<std::string, std::string> index_hash_range_rows(IndexId index, std::uint64_t first,
                                                          std::uint64_t last) {
  return hash_range(index, first, last);
}

std::pair<std::string, std::string> index_rows(IndexId index) {
  return all_rows(index);
}

Result<IndexRowKeys> read_index_row(std::string_view row, const IndexSchema& index, const KeySchema& schema) {
  ByteReader reader(row);
  RETURN_IF_ERROR(reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t hash, reader.u64_be());
  IndexRowKeys keys;
  ASSIGN_OR_RETURN(keys.index, read_key(reader, key_attributes_of(index)));
  ASSIGN_OR_RETURN(keys.item, read_key(reader, key_attributes_of(schema)));
  if (!reader.at_end()) return Error::corruption("an index row goes on after its keys");
  if (keys.index.partition_hash != hash) return Error::corruption("an index row has a wrong hash");
  return keys;
}

std::string_view partition_group(std::string_view row) {
  return row.substr(0, kBytesBeforeKey);
}

Result<std::uint64_t> row_hash(std::string_view row) {
  ByteReader reader(row);
  RETURN_IF_ERROR(reader.u64_be());
  return reader.u64_be();
}

std::string conflict_row(TableId table, SequenceNumber sequence, std::uint32_t index) {
  std::string row = id_prefix(table);
  append_u64_be(row, sequence.value());
  append_u32_be(row, index);
  return row;
}

std::string prefix_end(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace gyre::storage
