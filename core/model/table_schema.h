// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/model/version.h"

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

/// Key attributes in their order, of a table or of an index. Borrows from its schema.
struct KeyAttributes {
  std::span<const KeyAttribute> partition;
  std::span<const KeyAttribute> sort;
};
KeyAttributes key_attributes_of(const KeySchema& schema);

enum class TableStatus { kCreating, kUpdating, kDeleting, kActive };
std::string_view table_status_name(TableStatus status);  ///< "CREATING", ...

enum class BillingMode { kProvisioned, kPayPerRequest };
std::string_view billing_mode_name(BillingMode mode);

/// What a PROVISIONED table or index is allowed a second; zero on demand.
struct ProvisionedThroughput {
  std::uint64_t read_units = 0;
  std::uint64_t write_units = 0;
  std::uint64_t increased_ms = 0;  ///< 0 = never
  std::uint64_t decreased_ms = 0;
  std::uint64_t decreases_today = 0;  ///< on the UTC day of decreased_ms
  bool operator==(const ProvisionedThroughput&) const = default;
};

/// Caps that its owner set on an on-demand table or index; absent = none.
struct OnDemandThroughput {
  std::optional<std::uint64_t> read_units_max;
  std::optional<std::uint64_t> write_units_max;
  bool operator==(const OnDemandThroughput&) const = default;
};

/// What a table or index could take at once, as its owner asked; absent = the default of its billing mode.
struct WarmThroughput {
  std::uint64_t read_units = 0;
  std::uint64_t write_units = 0;
  bool operator==(const WarmThroughput&) const = default;
};

enum class TableClass { kStandard, kStandardInfrequentAccess };
std::string_view table_class_name(TableClass table_class);

enum class ProjectionType { kKeysOnly, kInclude, kAll };
std::string_view projection_type_name(ProjectionType type);

enum class IndexStatus { kCreating, kUpdating, kDeleting, kActive };
std::string_view index_status_name(IndexStatus status);

/// A secondary index of a table. A local one has the table's partition key and one sort key; a global one has
/// up to four attributes of each kind. An item without all of them is not in the index.
struct IndexSchema {
  IndexId id;
  std::string name;
  bool local = false;
  std::vector<KeyAttribute> partition;  ///< 1 to 4
  std::vector<KeyAttribute> sort;       ///< 0 to 4
  ProjectionType projection = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes;  ///< of kInclude, as they were named
  ProvisionedThroughput throughput;
  OnDemandThroughput on_demand;
  std::optional<WarmThroughput> warm;
  IndexStatus status = IndexStatus::kActive;
  /// Of an index that is being created: items that were there before it are still being added.
  bool backfilling = false;
  bool operator==(const IndexSchema&) const = default;
};

KeyAttributes key_attributes_of(const IndexSchema& index);

/// Which attribute of an item holds the second at which it expires.
struct TimeToLive {
  std::string attribute;
  bool enabled = false;
  std::uint64_t changed_ms = 0;
  bool operator==(const TimeToLive&) const = default;
};

/// Whose key encrypts a table: AWS's own, which is the default and shown nowhere; the one that KMS keeps for
/// DynamoDB; or the customer's.
enum class EncryptionKind { kOwned, kManaged, kCustomer };

/// Encryption at rest as the table's owner asked for it. It is kept and described; nothing is encrypted.
struct Encryption {
  EncryptionKind kind = EncryptionKind::kOwned;
  /// Of kCustomer: the ARN of the key of each region that has a replica, or is to have one.
  std::map<RegionId, std::string> keys;
  std::uint64_t changed_ms = 0;  ///< 0 = never
  bool operator==(const Encryption&) const = default;
};

/// Point-in-time recovery as the table's owner asked for it. It is kept and described; there is no restoring.
struct PointInTimeRecovery {
  std::uint64_t enabled_ms = 0;
  std::uint64_t period_days = 0;  ///< 1 to limits::kRecoveryPeriodDaysMax
  bool operator==(const PointInTimeRecovery&) const = default;
};

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

/// Who replicates a table with whom. Changed only by `owner` (who made the group, or who succeeded it), which
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
  std::uint64_t on_demand_ms = 0;  ///< since when it is PAY_PER_REQUEST; 0 = never was
  ProvisionedThroughput throughput;
  OnDemandThroughput on_demand;
  std::optional<WarmThroughput> warm;
  TableClass table_class = TableClass::kStandard;
  std::uint64_t table_class_changed_ms = 0;         ///< 0 = never
  std::uint64_t table_class_changed_before_ms = 0;  ///< the change before that one; 0 = there was none
  std::vector<IndexSchema> indexes;                 ///< in the order of their creation, local ones first
  std::optional<TimeToLive> time_to_live;
  Encryption encryption;
  std::optional<PointInTimeRecovery> recovery;  ///< of this region's table alone; absent = disabled
  std::map<std::string, std::string> tags;      ///< of this region's table alone
  /// Of what all replicas share: the stamps of the newest change of the global indexes, and of the capacity
  /// of the table and of its indexes.
  HybridTime settings_stamp = 0;
  HybridTime capacity_stamp = 0;
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
  const IndexSchema* find_index(std::string_view index_name) const {
    for (const IndexSchema& index : indexes) {
      if (index.name == index_name) return &index;
    }
    return nullptr;
  }
  bool replicated() const { return group.has_value() && group->members.size() > 1; }
};

}  // namespace gyre
