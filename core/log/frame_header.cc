// SPDX-License-Identifier: Apache-2.0
#include "core/log/frame_header.h"

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/log/checksums.h"
#include "core/log/entry.h"

namespace gyre::log {
namespace {

constexpr std::uint16_t kFrameFormat = 1;
constexpr std::size_t kFrameChecksumOffset = 112;
static_assert(kFrameMagic.size() == 4 && kFrameChecksumOffset + 8 == kFrameHeaderBytes);
static_assert(is_aligned(kFrameHeaderBytes) && is_aligned(kRowBytes));

// Why a header's numbers do not fit each other; nullptr: they do.
const char* inconsistency(const FrameHeader& header, std::uint64_t frame_bytes) {
  if (header.number == FrameNumber() || header.synced_through >= header.number)
    return "its numbers are impossible";
  if (!is_aligned(header.contents_bytes)) return "its contents are not aligned";
  if (header.frame_bytes() != frame_bytes) return "its lengths do not fit each other";
  if (frame_bytes > limits::kLogFrameBytesMax) return "it is longer than frames are";
  if ((header.entry_count == 0) != (header.contents_bytes == 0))
    return "its entries have no bytes, or its bytes no entries";
  if ((header.operation_count == 0) != (header.operations_bytes == 0))
    return "its row operations do not fit their length";
  return nullptr;
}

}  // namespace

std::uint64_t FrameHeader::operations_offset() const {
  return table_offset() + std::uint64_t{entry_count} * kRowBytes;
}

std::uint64_t FrameHeader::frame_bytes() const {
  return operations_offset() + aligned(operations_bytes);
}

void encode_frame_header(const FrameHeader& header, std::uint64_t salt, char* out) {
  CHECK(salt != 0);
  CHECK(inconsistency(header, header.frame_bytes()) == nullptr);
  std::memset(out, 0, kFrameHeaderBytes);
  std::memcpy(out, kFrameMagic.data(), kFrameMagic.size());
  store(out, 4, kFrameFormat);
  store(out, 8, header.epoch.value());
  store(out, 16, header.term.value());
  store(out, 24, header.number.value());
  store(out, 32, static_cast<std::uint32_t>(header.frame_bytes()));
  store(out, 36, header.contents_bytes);
  store(out, 40, header.entry_count);
  store(out, 44, header.operation_count);
  store(out, 48, header.operations_bytes);
  store(out, 56, header.last_sequence.value());
  store(out, 64, header.last_stamp);
  store(out, 72, header.commit_time_ms);
  store(out, 80, header.synced_through.value());
  store(out, 88, header.table_checksum);
  store(out, 96, header.operations_checksum);
  store(out, 104, header.chain);
  store(out, kFrameChecksumOffset,
        seeded_checksum({out, kFrameChecksumOffset}, frame_seed(salt, header.term, header.number)));
}

Result<FrameHeader> decode_frame_header(std::string_view bytes, std::uint64_t salt) {
  CHECK(bytes.size() == kFrameHeaderBytes);
  if (bytes.substr(0, kFrameMagic.size()) != kFrameMagic) return Error::corruption("no frame begins here");
  FrameHeader header{.epoch = load_id<Epoch>(bytes, 8),
                     .term = load_id<Term>(bytes, 16),
                     .number = load_id<FrameNumber>(bytes, 24),
                     .contents_bytes = load<std::uint32_t>(bytes, 36),
                     .entry_count = load<std::uint32_t>(bytes, 40),
                     .operation_count = load<std::uint32_t>(bytes, 44),
                     .operations_bytes = load<std::uint32_t>(bytes, 48),
                     .last_sequence = load_id<SequenceNumber>(bytes, 56),
                     .last_stamp = load<std::uint64_t>(bytes, 64),
                     .commit_time_ms = load<std::uint64_t>(bytes, 72),
                     .synced_through = load_id<FrameNumber>(bytes, 80),
                     .table_checksum = load<std::uint64_t>(bytes, 88),
                     .operations_checksum = load<std::uint64_t>(bytes, 96),
                     .chain = load<std::uint64_t>(bytes, 104)};
  const std::uint64_t checksum =
      seeded_checksum(bytes.substr(0, kFrameChecksumOffset), frame_seed(salt, header.term, header.number));
  if (load<std::uint64_t>(bytes, kFrameChecksumOffset) != checksum) {
    return Error::corruption("the checksum of a frame's header is wrong");
  }
  if (load<std::uint16_t>(bytes, 4) != kFrameFormat) return Error::corruption("a frame's format is unknown");
  if (load<std::uint16_t>(bytes, 6) != 0 || load<std::uint32_t>(bytes, 52) != 0) {
    return Error::corruption("what is reserved in a frame's header is in use");
  }
  if (const char* reason = inconsistency(header, load<std::uint32_t>(bytes, 32))) {
    return Error::corruption(std::string("a frame's header is wrong: ") + reason);
  }
  CHECK(header.frame_bytes() <= limits::kLogFrameBytesMax);
  return header;
}

std::uint64_t chain_after(std::string_view bytes) {
  CHECK(bytes.size() == kFrameHeaderBytes);
  return hash64(bytes);
}

}  // namespace gyre::log
