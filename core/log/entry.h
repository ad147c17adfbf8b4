// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/log/layout.h"
#include "core/model/version.h"

namespace gyre::log {

inline constexpr std::size_t kRowBytes = 64;
/// A leaf of the Merkle tree covers this much of the row, and the stored bytes.
inline constexpr std::size_t kRowHashedBytes = 60;

/// What an entry is, in clear.
struct EntryHead {
  ShardId shard{};
  SequenceNumber sequence{};
  Ordinal ordinal{};
  HybridTime time = 0;                 ///< the record's commit time
  std::uint64_t cumulative_bytes = 0;  ///< of the shard, up to and with this entry
  std::uint64_t checksum = 0;          ///< hash64 of the stored bytes
  std::uint32_t length = 0;            ///< of the stored bytes
  std::uint32_t key_id = 0;            ///< which key they are encrypted with; 0 = none
  std::uint8_t codec = 0;              ///< how they are compressed; 0 = not

  /// The stored bytes are the record's own: row operations can refer to them.
  bool is_plain() const { return key_id == 0 && codec == 0; }
  bool operator==(const EntryHead&) const = default;
};

/// An entry and its stored bytes, which somebody else keeps.
struct Entry {
  EntryHead head;
  std::string_view bytes;
};

/// OK if somebody who keeps no keys and knows no codec can read the bytes. Else kCorruption, and why: no
/// version writes such entries yet, but a later one's log is told from a damaged one.
Status check_plain(const EntryHead& head);

/// A row of a frame's table.
struct EntryRow {
  EntryHead head;
  std::uint32_t distance = 0;  ///< from the row back to the entry's bytes
};

/// Into kRowBytes at `out`.
void encode_row(const EntryRow& row, char* out);
/// `bytes`: kRowBytes of them, which may be anything.
Result<EntryRow> decode_row(std::string_view bytes);

}  // namespace gyre::log
