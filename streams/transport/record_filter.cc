// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/record_filter.h"

#include "core/json/attribute_json.h"
#include "core/json/json_writer.h"
#include "core/storage/change_record.h"

namespace gyre::streams {
namespace {

Status image_to_json(std::string& image) {
  if (image.empty()) return {};
  std::string text;
  json::Writer writer(text);
  RETURN_IF_ERROR(json::write_encoded_item(writer, image));
  image = std::move(text);
  return {};
}

}  // namespace

Result<bool> passes(const wire::Filter& filter, const RegionId& serving_region, std::string_view record) {
  if (!filter.hide_touch && !filter.local_origin_only) return true;
  ASSIGN_OR_RETURN(const storage::ChangeSource source, storage::read_change_source(record));
  if (filter.hide_touch && source.kind == storage::ChangeKind::kTouch) return false;
  return !filter.local_origin_only || source.region == serving_region;
}

Result<std::string> with_json_images(std::string_view record) {
  ASSIGN_OR_RETURN(storage::ChangeRecord decoded, storage::decode_change_record(record));
  RETURN_IF_ERROR(image_to_json(decoded.keys));
  RETURN_IF_ERROR(image_to_json(decoded.old_image));
  RETURN_IF_ERROR(image_to_json(decoded.new_image));
  return storage::encode_change_record(decoded);
}

}  // namespace gyre::streams
