// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"

namespace gyre {

enum class ScalarType { kString, kNumber, kBinary };
std::string_view scalar_type_name(ScalarType type);  ///< "S", "N", "B"

struct KeyAttribute {
  std::string name;
  ScalarType type = ScalarType::kString;
  bool operator==(const KeyAttribute&) const = default;
};

struct KeySchema {
  KeyAttribute partition;
  std::optional<KeyAttribute> sort;
  bool operator==(const KeySchema&) const = default;
};

enum class TableStatus { kCreating, kUpdating, kDeleting, kActive };
std::string_view table_status_name(TableStatus status);  ///< "CREATING", ...

enum class BillingMode { kProvisioned, kPayPerRequest };
std::string_view billing_mode_name(BillingMode mode);

enum class StreamViewType { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };
std::string_view stream_view_type_name(StreamViewType type);
std::optional<StreamViewType> parse_stream_view_type(std::string_view name);

/// One user stream: a projection of the table's change log between two times. A table has at most one that is
/// enabled; disabled ones stay readable until their shards are trimmed.
struct StreamDescriptor {
  std::string label;  ///< ISO 8601 with milliseconds, "2026-11-21T08:15:30.123"; unique in the table
  StreamViewType view_type = StreamViewType::kNewAndOldImages;
  std::uint64_t enabled_ms = 0;
  std::optional<std::uint64_t> disabled_ms;
  bool operator==(const StreamDescriptor&) const = default;
};

enum class ReplicaStatus { kCreating, kCreationFailed, kUpdating, kDeleting, kActive };
std::string_view replica_status_name(ReplicaStatus status);

/// One member of a table's replication group.
struct GroupMember {
  RegionId region;
  IncarnationId incarnation;
  ReplicaStatus status = ReplicaStatus::kCreating;
  /// For a member that is being created: the member it copies from.
  RegionId backfill_source;
  bool operator==(const GroupMember&) const = default;
};

/// Who replicates a table with whom. Changed only by the region that created the table (`owner`), which
/// raises `group_epoch` by one each time; the others take over the newest they see.
struct GroupDescriptor {
  RegionId owner;
  std::uint64_t group_epoch = 0;
  std::vector<GroupMember> members;  ///< sorted by region
  bool operator==(const GroupDescriptor&) const = default;

  const GroupMember* find(const RegionId& region) const {
    for (const GroupMember& member : members) {
      if (member.region == region) return &member;
    }
    return nullptr;
  }
};

/// Everything the catalog knows of a table, but for its shards. A value; the catalog hands out immutable
/// copies.
struct TableSchema {
  TableId id;
  std::string name;
  std::string uuid;  ///< DynamoDB's TableId
  KeySchema key_schema;
  BillingMode billing_mode = BillingMode::kPayPerRequest;
  std::uint64_t read_capacity_units = 0;
  std::uint64_t write_capacity_units = 0;
  std::uint64_t created_ms = 0;
  TableStatus status = TableStatus::kActive;
  bool deletion_protection = false;
  std::vector<StreamDescriptor> streams;  ///< oldest first
  /// This region's life as a member; given at creation, so that versions have an origin before there is a
  /// group.
  IncarnationId incarnation;
  std::optional<GroupDescriptor> group;  ///< absent on a table of one region
  /// Set when the table was deleted: it answers no more requests, and stays only until its shards are
  /// trimmed.
  std::optional<std::uint64_t> deleted_ms;

  bool operator==(const TableSchema&) const = default;

  const StreamDescriptor* enabled_stream() const {
    return streams.empty() || streams.back().disabled_ms ? nullptr : &streams.back();
  }
  bool replicated() const { return group.has_value() && group->members.size() > 1; }
};

}  // namespace gyre
