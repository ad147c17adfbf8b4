// SPDX-License-Identifier: Apache-2.0
// Any bytes as the beginning of a segment (header, opening, a frame): what is taken is the same when written
// again, and whatever a frame says with right checksums, nothing outside of it is read.
#include <string>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/log/frame_view.h"
#include "core/log/segment_format.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

using namespace log;  // NOLINT: the fuzzer is about that room

constexpr std::uint64_t kSalt = 0x5a17;

void use_frame(std::string_view bytes) {
  const Result<FrameView> frame = FrameView::read(bytes, kSalt);
  if (!frame.ok()) return;
  const FrameHeader& header = frame->header();
  CHECK(header.frame_bytes() == frame->bytes().size() && frame->bytes().size() <= bytes.size());
  std::string again(kFrameHeaderBytes, '\0');
  encode_frame_header(header, kSalt, again.data());
  CHECK(again == frame->header_bytes());
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < frame->entry_count(); ++i) {
    const Entry entry = frame->entry(i);
    CHECK(entry.bytes.size() == entry.head.length);
    (void)hash64(entry.bytes);
    total += entry.bytes.size();
  }
  CHECK(total <= header.contents_bytes);
  std::uint32_t count = 0;
  for (OperationReader reader = frame->operations(); !reader.at_end(); ++count) {
    const RowOperation operation = reader.next().value();
    (void)hash64(operation.key.joined() + operation.value.joined());
  }
  CHECK(count == header.operation_count);
  (void)frame->check_contents();
  (void)frame->frame_hash(frame->entry_count() > 0 ? frame->leaf(0) : Hash());
}

// The same bytes with the lengths and checksums that they would need.
std::string made_consistent(std::string bytes) {
  bytes.resize(aligned(std::max(bytes.size(), kFrameHeaderBytes)), '\0');
  bytes.replace(0, kFrameMagic.size(), kFrameMagic);
  store(bytes.data(), 4, std::uint32_t{1});
  store(bytes.data(), 32, static_cast<std::uint32_t>(bytes.size()));
  const std::size_t table = kFrameHeaderBytes + load<std::uint32_t>(bytes, 36);
  const std::size_t operations = table + std::size_t{load<std::uint32_t>(bytes, 40)} * kRowBytes;
  if (operations <= bytes.size()) {
    const std::string_view all = bytes;
    store(bytes.data(), 88, hash64(all.substr(table, operations - table)));
    store(bytes.data(), 96, hash64(all.substr(operations)));
  }
  const std::uint64_t seed = frame_seed(kSalt, load_id<Term>(bytes, 16), load_id<FrameNumber>(bytes, 24));
  store(bytes.data(), 112, seeded_checksum(std::string_view(bytes).substr(0, 112), seed));
  return bytes;
}

}  // namespace

void fuzz(std::string_view bytes) {
  use_frame(bytes);
  use_frame(made_consistent(std::string(bytes)));
  if (bytes.size() < kFramesOffset) return;
  const auto header = decode_segment_header(bytes.substr(0, kSegmentHeaderBytes));
  if (!header.ok()) return;
  CHECK(encode_segment_header(*header) == bytes.substr(0, kSegmentHeaderBytes));
  const auto opening = decode_opening(bytes.substr(kOpeningOffset, kOpeningBytes), *header);
  if (opening.ok()) CHECK(encode_opening(*opening, *header) == bytes.substr(kOpeningOffset, kOpeningBytes));
}

}  // namespace gyre
