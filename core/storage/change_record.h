// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/version.h"
#include "core/storage/audit.h"

namespace gyre::storage {

enum class ChangeKind { kInsert, kModify, kRemove, kTouch, kCatalog };

/// Where and as what a write was first accepted.
struct Origin {
  RegionId region;
  IncarnationId incarnation;
  SequenceNumber sequence;
  bool operator==(const Origin&) const = default;
};

/// One committed mutation, as the log holds it (schemas/change_record.capnp says what each member means). A
/// value.
struct ChangeRecord {
  ShardId shard;
  SequenceNumber sequence;
  Ordinal ordinal;
  std::uint64_t cumulative_bytes = 0;
  ChangeKind kind = ChangeKind::kInsert;
  TableId table;
  std::string keys;
  std::string old_image;
  std::string new_image;
  Version version;
  VersionVector vector;
  Version replaced;
  Origin origin;
  HybridTime commit_time = 0;
  std::uint64_t transaction_id = 0;
  std::uint32_t participant_count = 1;
  Audit audit;  ///< of the write where it was first accepted
  bool backfill = false;
  std::string catalog_change;

  bool operator==(const ChangeRecord&) const = default;
};

/// A Cap'n Proto message of one segment.
std::string encode_change_record(const ChangeRecord& record);

/// The writer's way, which copies images and audit once: they stand outside the record, whose own ones are
/// ignored.
struct RecordParts {
  std::string_view old_image;
  std::string_view new_image;
  const Audit& audit;
};
struct EncodedRecord {
  std::string bytes;
  std::uint32_t new_image_offset = 0;  ///< where the new image begins in them, if there is one
};
EncodedRecord encode_change_record(const ChangeRecord& record, const RecordParts& parts);
/// How many bytes that answers; numbers do not change it.
std::size_t change_record_size(const ChangeRecord& record, const RecordParts& parts);

/// Outside bytes may be anything, at any alignment: kCorruption, never a crash. Traversal is bounded by the
/// size. Images that are encrypted or compressed are refused likewise: no version writes such yet.
Result<ChangeRecord> decode_change_record(std::string_view bytes);
/// Where a record stands, without reading the rest of it.
struct LogPosition {
  ShardId shard;
  SequenceNumber sequence;
  Ordinal ordinal;
  std::uint64_t cumulative_bytes = 0;
  HybridTime commit_time = 0;
};
Result<LogPosition> read_log_position(std::string_view bytes);
/// What kind of record it is and which region wrote it first, likewise.
struct ChangeSource {
  ChangeKind kind = ChangeKind::kInsert;
  RegionId region;
};
Result<ChangeSource> read_change_source(std::string_view bytes);
/// hash64 of the record's bytes: what cursors remember.
std::uint64_t change_record_checksum(std::string_view bytes);

/// A write that lost against a concurrent one.
struct Conflict {
  TableId table;
  std::string keys;
  SequenceNumber sequence;
  HybridTime commit_time = 0;
  Version winner;
  std::string winner_image;
  Version loser;
  std::string loser_image;
  bool operator==(const Conflict&) const = default;
};
std::string encode_conflict(const Conflict& conflict);
Result<Conflict> decode_conflict(std::string_view bytes);

}  // namespace gyre::storage
