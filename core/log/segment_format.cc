// SPDX-License-Identifier: Apache-2.0
#include "core/log/segment_format.h"

#include <charconv>

#include "core/base/hash.h"
#include "core/log/checksums.h"

namespace gyre::log {
namespace {

constexpr std::string_view kHeaderMagic = "gyre.seg";
constexpr std::string_view kOpeningMagic = "gyre.opn";
constexpr std::uint32_t kSegmentFormat = 1;
constexpr std::size_t kSegmentChecksumOffset = 504;
constexpr std::string_view kSegmentSuffix = ".segment";
constexpr std::string_view kSpareSuffix = ".spare";
constexpr std::size_t kNameDigits = 16;
static_assert(kHeaderMagic.size() == 8 && kOpeningMagic.size() == 8);
static_assert(kSegmentChecksumOffset + 8 == kSegmentHeaderBytes && kSegmentHeaderBytes == kOpeningBytes);
static_assert(is_aligned(kFramesOffset));

std::string begin_block(std::string_view magic) {
  std::string bytes(kSegmentHeaderBytes, '\0');
  bytes.replace(0, magic.size(), magic);
  store(bytes.data(), 8, kSegmentFormat);
  return bytes;
}

// What header and opening have in common. `used`: where the zeros begin.
Status check_block(std::string_view bytes, std::string_view magic, std::size_t used, std::uint64_t checksum) {
  CHECK(bytes.size() == kSegmentHeaderBytes && used < kSegmentChecksumOffset);
  if (bytes.substr(0, magic.size()) != magic) return Error::corruption("it does not begin as it must");
  if (load<std::uint64_t>(bytes, kSegmentChecksumOffset) != checksum)
    return Error::corruption("its checksum is wrong");
  if (load<std::uint32_t>(bytes, 8) != kSegmentFormat) return Error::corruption("its format is unknown");
  if (load<std::uint32_t>(bytes, 12) != 0 || !all_zero(bytes.substr(used, kSegmentChecksumOffset - used))) {
    return Error::corruption("what is reserved is in use");
  }
  return {};
}

std::uint64_t opening_checksum(std::string_view bytes, const SegmentHeader& segment) {
  return seeded_checksum(bytes.substr(0, kSegmentChecksumOffset), segment_seed(segment.salt, segment.number));
}

std::string numbered_name(std::uint64_t number, std::string_view suffix) {
  std::string digits = std::to_string(number);
  if (digits.size() < kNameDigits) digits.insert(0, kNameDigits - digits.size(), '0');
  return digits.append(suffix);
}

}  // namespace

std::string encode_segment_header(const SegmentHeader& header) {
  CHECK(header.salt != 0 && header.number != SegmentNumber());
  std::string bytes = begin_block(kHeaderMagic);
  store(bytes.data(), 16, header.salt);
  store(bytes.data(), 24, header.number.value());
  store(bytes.data(), 32, header.incarnation.value());
  store(bytes.data(), 40, header.space_bytes);
  store(bytes.data(), kSegmentChecksumOffset,
        hash64(std::string_view(bytes).substr(0, kSegmentChecksumOffset)));
  return bytes;
}

Result<SegmentHeader> decode_segment_header(std::string_view bytes) {
  RETURN_IF_ERROR(check_block(bytes, kHeaderMagic, 48, hash64(bytes.substr(0, kSegmentChecksumOffset))));
  SegmentHeader header{.salt = load<std::uint64_t>(bytes, 16),
                       .number = load_id<SegmentNumber>(bytes, 24),
                       .incarnation = load_id<LogIncarnation>(bytes, 32),
                       .space_bytes = load<std::uint64_t>(bytes, 40)};
  if (header.salt == 0 || header.number == SegmentNumber()) return Error::corruption("a number in it is 0");
  return header;
}

std::string encode_opening(const Opening& opening, const SegmentHeader& segment) {
  CHECK(opening.first_frame != FrameNumber());
  std::string bytes = begin_block(kOpeningMagic);
  store(bytes.data(), 16, opening.epoch.value());
  store(bytes.data(), 24, opening.term.value());
  store(bytes.data(), 32, opening.first_frame.value());
  store(bytes.data(), 40, opening.sequence_before.value());
  store(bytes.data(), 48, opening.stamp_before);
  store(bytes.data(), 56, opening.chain_before);
  store(bytes.data(), kSegmentChecksumOffset, opening_checksum(bytes, segment));
  return bytes;
}

Result<Opening> decode_opening(std::string_view bytes, const SegmentHeader& segment) {
  CHECK(bytes.size() == kOpeningBytes);
  RETURN_IF_ERROR(check_block(bytes, kOpeningMagic, 64, opening_checksum(bytes, segment)));
  Opening opening{.epoch = load_id<Epoch>(bytes, 16),
                  .term = load_id<Term>(bytes, 24),
                  .first_frame = load_id<FrameNumber>(bytes, 32),
                  .sequence_before = load_id<SequenceNumber>(bytes, 40),
                  .stamp_before = load<std::uint64_t>(bytes, 48),
                  .chain_before = load<std::uint64_t>(bytes, 56)};
  if (opening.first_frame == FrameNumber()) return Error::corruption("a number in it is 0");
  return opening;
}

std::string segment_name(SegmentNumber number) {
  return numbered_name(number.value(), kSegmentSuffix);
}

std::optional<SegmentNumber> segment_number(std::string_view name) {
  if (!name.ends_with(kSegmentSuffix)) return std::nullopt;
  const std::string_view digits = name.substr(0, name.size() - kSegmentSuffix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0) return std::nullopt;
  // One number, one name.
  if (segment_name(SegmentNumber(number)) != name) return std::nullopt;
  return SegmentNumber(number);
}

std::string spare_name(std::uint64_t number) {
  return numbered_name(number, kSpareSuffix);
}

bool is_spare_name(std::string_view name) {
  return name.ends_with(kSpareSuffix);
}

Error cut_short(const SegmentHeader& header) {
  return Error::corruption("the file ends here, and had " + std::to_string(header.space_bytes) +
                           " bytes: frames may be gone");
}

Error at_place(SegmentNumber segment, std::uint64_t offset, FrameNumber frame, const Error& error) {
  return {error.code, "segment " + std::to_string(segment.value()) + ", offset " + std::to_string(offset) +
                          ", frame " + std::to_string(frame.value()) + ": " + error.message};
}

}  // namespace gyre::log
