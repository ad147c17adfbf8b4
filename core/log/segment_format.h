// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/log/layout.h"
#include "core/model/version.h"

namespace gyre::log {

inline constexpr std::size_t kSegmentHeaderBytes = 512;
inline constexpr std::size_t kOpeningBytes = 512;
inline constexpr std::uint64_t kOpeningOffset = kSegmentHeaderBytes;
inline constexpr std::uint64_t kFramesOffset = kSegmentHeaderBytes + kOpeningBytes;

/// What a segment is: durable before its first frame.
struct SegmentHeader {
  std::uint64_t salt = 0;
  SegmentNumber number{};
  LogIncarnation incarnation{};
  std::uint64_t space_bytes = 0;  ///< the file is at least as long until it is sealed; 0: nothing is said
  bool operator==(const SegmentHeader&) const = default;
};
std::string encode_segment_header(const SegmentHeader& header);
/// `bytes`: kSegmentHeaderBytes of them, which may be anything.
Result<SegmentHeader> decode_segment_header(std::string_view bytes);

/// Where in the log a segment begins: written with its first frame.
struct Opening {
  Epoch epoch{};
  Term term{};
  FrameNumber first_frame{};
  SequenceNumber sequence_before{};
  HybridTime stamp_before = 0;
  std::uint64_t chain_before = 0;
  bool operator==(const Opening&) const = default;
};
std::string encode_opening(const Opening& opening, const SegmentHeader& segment);
/// `bytes`: kOpeningBytes of them, which may be anything.
Result<Opening> decode_opening(std::string_view bytes, const SegmentHeader& segment);

/// "0000000000000012.segment".
std::string segment_name(SegmentNumber number);
/// nullopt: not the name of a segment.
std::optional<SegmentNumber> segment_number(std::string_view name);
/// A file that is being prepared, or waits to be taken again.
std::string spare_name(std::uint64_t number);
bool is_spare_name(std::string_view name);

/// A file is shorter than its header says, and not sealed.
Error cut_short(const SegmentHeader& header);
/// The same error, with the place where it was found in front.
Error at_place(SegmentNumber segment, std::uint64_t offset, FrameNumber frame, const Error& error);

}  // namespace gyre::log
