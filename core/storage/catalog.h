// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"

namespace gyre::storage {

/// The shard that every region's catalog changes go to. Never rolled, never trimmed: it is what new peers
/// learn from.
inline constexpr ShardId kCatalogShard{1};

/// One shard of a table's change log: the records of one hash range between two times.
struct ShardDescriptor {
  ShardId id;
  TableId table;
  std::optional<ShardId> parent;
  std::uint64_t hash_first = 0;
  std::uint64_t hash_last = 0;  ///< inclusive
  std::uint64_t opened_ms = 0;
  std::optional<std::uint64_t> closed_ms;
  SequenceNumber first_sequence;  ///< lower bound: the sequence the region had reached, + 1
  SequenceNumber last_sequence;   ///< of a closed shard: its last record's, or 0 if it never had one
  Ordinal last_ordinal;           ///< of a closed shard
  std::string stream_label;       ///< the user stream that shows it; empty = none
  std::uint64_t last_cumulative_bytes = 0;  ///< of a closed shard

  bool open() const { return !closed_ms.has_value(); }
  bool operator==(const ShardDescriptor&) const = default;
};

/// A table with its shards. Immutable once in a snapshot.
struct TableEntry {
  TableSchema schema;
  std::vector<ShardDescriptor> shards;  ///< by id, so parents before children; open and closed, not trimmed

  /// The open shard whose hash range holds `partition_hash`. A bug if there is none: open shards cover all
  /// hashes.
  const ShardDescriptor& open_shard(std::uint64_t partition_hash) const;
  std::vector<ShardDescriptor> open_shards() const;
  const ShardDescriptor* find_shard(ShardId id) const;
};
using TablePointer = std::shared_ptr<const TableEntry>;  // shared: snapshots share unchanged tables

/// All tables of a region at one moment. Immutable; any thread.
class CatalogSnapshot {
 public:
  static CatalogSnapshot of(std::map<TableId, TablePointer> tables);

  /// A living table by name; nullptr if there is none.
  TablePointer find(std::string_view name) const;
  /// Any table, deleted ones too.
  TablePointer find(TableId id) const;
  /// Names of living tables, in byte order.
  const std::map<std::string, TableId, std::less<>>& names() const { return names_; }
  const std::map<TableId, TablePointer>& tables() const { return tables_; }
  /// The table that owns a shard; nullptr if the shard is unknown or trimmed.
  TablePointer find_by_shard(ShardId id) const;

  /// A copy in which `table` is added or replaced / removed.
  CatalogSnapshot with(TablePointer table) const;
  CatalogSnapshot without(TableId id) const;

 private:
  std::map<TableId, TablePointer> tables_;
  std::map<std::string, TableId, std::less<>> names_;
  std::vector<std::pair<ShardId, TableId>> shards_;  // by shard; flat, since each change of a table copies it
};

/// The newest durable snapshot. Published by the writer after each commit that changes it; read by any
/// thread.
class Catalog {
 public:
  std::shared_ptr<const CatalogSnapshot> snapshot() const { return snapshot_.load(); }
  void publish(std::shared_ptr<const CatalogSnapshot> snapshot) { snapshot_.store(std::move(snapshot)); }

 private:
  std::atomic<std::shared_ptr<const CatalogSnapshot>> snapshot_{std::make_shared<const CatalogSnapshot>()};
};

struct TableChanged {
  TableSchema schema;
};
struct TableDropped {
  TableSchema schema;
};
struct ShardChanged {
  ShardDescriptor shard;
};
struct ShardTrimmed {
  ShardDescriptor shard;
};

/// What another room has to say to those who follow the catalog shard. Carried, never read here.
struct RoomMessage {
  enum class Kind { kMembershipRequest, kMembershipReply };
  Kind kind = Kind::kMembershipRequest;
  std::string body;  ///< one canonical Cap'n Proto message (message_io.h), of the room's own schema
};

/// The payload of a catalog change record.
using CatalogChange = std::variant<TableChanged, TableDropped, ShardChanged, ShardTrimmed, RoomMessage>;

/// The body of a RoomMessage must be a message.
std::string encode_catalog_change(const CatalogChange& change);
Result<CatalogChange> decode_catalog_change(std::string_view bytes);
std::string encode_table(const TableSchema& table);
Result<TableSchema> decode_table(std::string_view bytes);
std::string encode_shard(const ShardDescriptor& shard);
Result<ShardDescriptor> decode_shard(std::string_view bytes);

/// "shardId-00000001446500994480-a69421f6": 20 digits of milliseconds, 8 hex digits; order of text is order
/// of creation.
std::string shard_id_text(ShardId id);
Result<ShardId> parse_shard_id(std::string_view text);
/// A sequence number as DynamoDB shows it: 21 digits, so that text and number order agree.
std::string sequence_text(SequenceNumber sequence);
Result<SequenceNumber> parse_sequence(std::string_view text);

}  // namespace gyre::storage
