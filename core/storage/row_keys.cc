// SPDX-License-Identifier: Apache-2.0
#include "core/storage/row_keys.h"

#include <limits>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace gyre::storage {
namespace {

std::string table_prefix(TableId table) {
  std::string prefix;
  append_u64_be(prefix, table.value());
  return prefix;
}

std::string hash_prefix(TableId table, std::uint64_t hash) {
  std::string prefix = table_prefix(table);
  append_u64_be(prefix, hash);
  return prefix;
}

}  // namespace

std::string partition_prefix(TableId table, const ItemKey& key) {
  std::string prefix;
  prefix.reserve(16 + key.partition.size() + key.sort.size());
  append_u64_be(prefix, table.value());
  append_u64_be(prefix, key.partition_hash);
  prefix += key.partition;
  return prefix;
}

std::string item_row(TableId table, const ItemKey& key) {
  std::string row = partition_prefix(table, key);
  row += key.sort;
  return row;
}

std::pair<std::string, std::string> hash_range_rows(TableId table, std::uint64_t first, std::uint64_t last) {
  const bool to_the_end = last == std::numeric_limits<std::uint64_t>::max();
  return {hash_prefix(table, first),
          to_the_end ? prefix_end(table_prefix(table)) : hash_prefix(table, last + 1)};
}

std::pair<std::string, std::string> table_rows(TableId table) {
  return {table_prefix(table), prefix_end(table_prefix(table))};
}

Result<ItemKey> read_item_row(std::string_view row, const KeySchema& schema) {
  ByteReader reader(row);
  RETURN_IF_ERROR(reader.u64_be());
  ItemKey key;
  ASSIGN_OR_RETURN(key.partition_hash, reader.u64_be());
  const std::string_view from_partition = reader.rest();
  RETURN_IF_ERROR(read_key_value(reader, schema.partition.type));
  key.partition = from_partition.substr(0, from_partition.size() - reader.rest().size());
  key.sort = reader.rest();
  if (schema.sort) RETURN_IF_ERROR(read_key_value(reader, schema.sort->type));
  if (!reader.at_end()) return Error::corruption("an item row goes on after its key");
  if (hash64(key.partition) != key.partition_hash) return Error::corruption("an item row has a wrong hash");
  return key;
}

Result<std::uint64_t> row_hash(std::string_view row) {
  ByteReader reader(row);
  RETURN_IF_ERROR(reader.u64_be());
  return reader.u64_be();
}

std::string change_row(ShardId shard, SequenceNumber sequence) {
  std::string row;
  append_u64_be(row, shard.value());
  append_u64_be(row, sequence.value());
  return row;
}

std::pair<std::string, std::string> shard_rows(ShardId shard) {
  std::string prefix;
  append_u64_be(prefix, shard.value());
  return {prefix, prefix_end(prefix)};
}

Result<SequenceNumber> change_row_sequence(std::string_view row) {
  ByteReader reader(row);
  RETURN_IF_ERROR(reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t sequence, reader.u64_be());
  if (!reader.at_end()) return Error::corruption("a change row goes on after its sequence");
  return SequenceNumber(sequence);
}

std::string conflict_row(TableId table, SequenceNumber sequence, std::uint32_t index) {
  std::string row = table_prefix(table);
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
