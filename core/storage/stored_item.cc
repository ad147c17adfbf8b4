// SPDX-License-Identifier: Apache-2.0
#include "core/storage/stored_item.h"

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace gyre::storage {
namespace {

constexpr std::uint8_t kItemRowFormat = 1;

struct Parts {
  std::string_view header;
  std::string_view image;
};

Result<Parts> split(std::string_view bytes) {
  ByteReader reader(bytes);
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  if (format != kItemRowFormat) return Error::corruption("an item row has an unknown format");
  ASSIGN_OR_RETURN(const std::string_view header, reader.sized());
  return Parts{header, reader.rest()};
}

Error header_too_long() {
  return Error::corruption("an item row's header is too long");
}

}  // namespace

std::string encode_stored_header(const StoredItem& item) {
  CHECK(item.version.clock != 0);  // a row without a version would read as nothing
  std::string header;
  append_version(header, item.version);
  item.vector.append(header);
  append_varint(header, item.sequence.value());
  append_varint(header, item.dynamodb_bytes);

  std::string bytes;
  bytes.reserve(4 + header.size());
  append_u8(bytes, kItemRowFormat);
  append_sized(bytes, header);
  return bytes;
}

std::string encode_stored_item(const StoredItem& item) {
  std::string bytes = encode_stored_header(item);
  if (item.image) {
    CHECK(!item.image->empty());  // no image bytes means: a tombstone
    bytes += *item.image;
  }
  return bytes;
}

Result<StoredItem> decode_stored_item(std::string_view bytes) {
  ASSIGN_OR_RETURN(const Parts parts, split(bytes));
  ByteReader reader(parts.header);
  StoredItem item;
  ASSIGN_OR_RETURN(item.version, read_version(reader));
  ASSIGN_OR_RETURN(item.vector, VersionVector::read(reader));
  ASSIGN_OR_RETURN(const std::uint64_t sequence, reader.varint());
  ASSIGN_OR_RETURN(item.dynamodb_bytes, reader.varint());
  if (!reader.at_end()) return header_too_long();
  if (item.version.clock == 0) return Error::corruption("an item row has no version");
  item.sequence = SequenceNumber(sequence);
  if (!parts.image.empty()) item.image = std::string(parts.image);
  return item;
}

Result<StoredImage> stored_image(std::string_view bytes) {
  ASSIGN_OR_RETURN(const Parts parts, split(bytes));
  if (parts.image.empty()) return Error::corruption("a row of items holds no item");
  ByteReader reader(parts.header);
  RETURN_IF_ERROR(skip_version(reader));
  RETURN_IF_ERROR(VersionVector::skip(reader));
  RETURN_IF_ERROR(reader.varint());  // the sequence
  ASSIGN_OR_RETURN(const std::uint64_t dynamodb_bytes, reader.varint());
  if (!reader.at_end()) return header_too_long();
  return StoredImage{parts.image, dynamodb_bytes};
}

Result<Version> stored_version(std::string_view bytes) {
  ASSIGN_OR_RETURN(const Parts parts, split(bytes));
  ByteReader reader(parts.header);
  return read_version(reader);
}

}  // namespace gyre::storage
