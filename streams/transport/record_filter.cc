// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/record_filter.h"

#include <capnp/message.h>
#include <kj/exception.h>

#include <cstring>

#include "core/json/attribute_json.h"
#include "core/json/json_writer.h"
#include "core/storage/change_record.h"
#include "schemas/change_record.capnp.h"

namespace gyre::streams {
namespace {

bool passes(const wire::Filter& filter, const RegionId& serving_region,
            schemas::ChangeRecord::Reader record) {
  if (filter.hide_touch && record.getKind() == schemas::ChangeRecord::Kind::TOUCH) return false;
  if (!filter.local_origin_only) return true;
  const auto origin = record.getOrigin().getRegion();
  return std::string_view(origin.begin(), origin.size()) == serving_region.name();
}

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
  const std::size_t word_count = record.size() / sizeof(capnp::word);
  if (word_count == 0) return Error::corruption("a change record is empty");
  const auto* words = reinterpret_cast<const capnp::word*>(record.data());
  kj::Array<capnp::word> aligned;
  if (reinterpret_cast<std::uintptr_t>(record.data()) % sizeof(capnp::word) != 0) {
    aligned = kj::heapArray<capnp::word>(word_count);
    std::memcpy(aligned.begin(), record.data(), word_count * sizeof(capnp::word));
    words = aligned.begin();
  }
  try {
    const kj::ArrayPtr<const capnp::word> segment = kj::arrayPtr(words, word_count);
    capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&segment, 1));
    return passes(filter, serving_region, reader.getRoot<schemas::ChangeRecord>());
  } catch (const kj::Exception& exception) {
    return Error::corruption(std::string("a change record does not decode: ") +
                             exception.getDescription().cStr());
  }
}

Result<std::string> with_json_images(std::string_view record) {
  ASSIGN_OR_RETURN(storage::ChangeRecord decoded, storage::decode_change_record(record));
  RETURN_IF_ERROR(image_to_json(decoded.keys));
  RETURN_IF_ERROR(image_to_json(decoded.old_image));
  RETURN_IF_ERROR(image_to_json(decoded.new_image));
  return storage::encode_change_record(decoded);
}

}  // namespace gyre::streams
