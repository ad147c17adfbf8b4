// SPDX-License-Identifier: Apache-2.0
#include "streams/record_parts.h"

#include <fmt/core.h>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/model/item_codec.h"
#include "core/model/version.h"

namespace gyre::streams {
namespace {

Result<std::size_t> image_bytes(std::string_view image) {
  ASSIGN_OR_RETURN(const Item item, decode_item(image));
  return dynamodb_size(item);
}

}  // namespace

std::string_view event_name(storage::ChangeKind kind) {
  switch (kind) {
    case storage::ChangeKind::kInsert:
      return "INSERT";
    case storage::ChangeKind::kModify:
      return "MODIFY";
    case storage::ChangeKind::kRemove:
      return "REMOVE";
    case storage::ChangeKind::kTouch:
      return "TOUCH";
    case storage::ChangeKind::kCatalog:
      return "CATALOG";
  }
  fatal("a change record of an unknown kind");
}

// The second half is the sequence, shuffled one to one; the first tells regions and shards apart. A shard's
// id is the time of its opening, so another life of a store gives other ids.
std::string event_id(const storage::ChangeRecord& record, const std::string& serving_region) {
  std::string source = serving_region;
  append_u64_be(source, record.shard.value());
  const std::uint64_t high = hash64(source);
  append_u64_be(source, high);
  return fmt::format("{:016x}{:016x}", high, hash64(source) ^ record.sequence.value());
}

std::uint64_t creation_seconds(const storage::ChangeRecord& record) {
  return hybrid_to_ms(record.commit_time) / 1000;
}

ShownImages shown_images(const storage::ChangeRecord& record, StreamViewType view_type) {
  const bool both = view_type == StreamViewType::kNewAndOldImages;
  ShownImages images;
  if (both || view_type == StreamViewType::kOldImage) images.old_image = record.old_image;
  if (both || view_type == StreamViewType::kNewImage) images.new_image = record.new_image;
  return images;
}

Result<std::size_t> shown_bytes(const storage::ChangeRecord& record, const ShownImages& images) {
  ASSIGN_OR_RETURN(std::size_t bytes, image_bytes(record.keys));
  for (const std::string_view image : {images.old_image, images.new_image}) {
    if (image.empty()) continue;
    ASSIGN_OR_RETURN(const std::size_t more, image_bytes(image));
    bytes += more;
  }
  return bytes;
}

bool is_expiry_record(const storage::ChangeRecord& record) {
  return record.kind == storage::ChangeKind::kRemove && is_expiry(record.version);
}

bool shows_expiry(const storage::ChangeRecord& record, const std::string& serving_region) {
  return is_expiry_record(record) && record.origin.region.name() == serving_region;
}

}  // namespace gyre::streams
