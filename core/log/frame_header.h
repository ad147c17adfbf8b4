// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/log/layout.h"
#include "core/model/version.h"

namespace gyre::log {

inline constexpr std::size_t kFrameHeaderBytes = 120;
inline constexpr std::string_view kFrameMagic = "Gfrm";

/// What a frame says of itself (README.md). A value.
struct FrameHeader {
  Epoch epoch{};
  Term term{};
  FrameNumber number{};
  std::uint32_t contents_bytes = 0;
  std::uint32_t entry_count = 0;
  std::uint32_t operation_count = 0;
  std::uint32_t operations_bytes = 0;
  SequenceNumber last_sequence{};
  HybridTime last_stamp = 0;
  std::uint64_t commit_time_ms = 0;
  FrameNumber synced_through{};
  std::uint64_t table_checksum = 0;
  std::uint64_t operations_checksum = 0;
  std::uint64_t chain = 0;

  std::uint64_t table_offset() const { return kFrameHeaderBytes + std::uint64_t{contents_bytes}; }
  std::uint64_t operations_offset() const;
  /// The whole frame.
  std::uint64_t frame_bytes() const;
  bool operator==(const FrameHeader&) const = default;
};

/// Into kFrameHeaderBytes at `out`.
void encode_frame_header(const FrameHeader& header, std::uint64_t salt, char* out);
/// `bytes`: kFrameHeaderBytes of them, which may be anything. What it answers is consistent in itself and
/// within limits.
Result<FrameHeader> decode_frame_header(std::string_view bytes, std::uint64_t salt);
/// What the next frame carries as its chain. `bytes`: the encoded header of this one.
std::uint64_t chain_after(std::string_view bytes);

}  // namespace gyre::log
