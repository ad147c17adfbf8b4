// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/json/json_writer.h"
#include "core/model/item_codec.h"
#include "core/storage/change_record.h"
#include "streams/record_json.h"

namespace gyre::streams {

inline const RecordView& example_view() {
  static const RecordView view{StreamViewType::kNewAndOldImages, "here",
                               "arn:aws:dynamodb:here:000000000000:table/T/stream/2026-11-21T08:15:30.123"};
  return view;
}

/// An insert of `item` whose key is its `id`, if it has one.
inline storage::ChangeRecord record_of(const Item& item, const Item& old_item = {}) {
  storage::ChangeRecord record;
  record.kind = old_item.empty() ? storage::ChangeKind::kInsert : storage::ChangeKind::kModify;
  record.shard = ShardId(5);
  record.sequence = SequenceNumber(400);
  Item keys;
  if (const AttributeValue* id = item.find("id")) keys.set("id", *id);
  record.keys = encode_item(keys);
  record.new_image = encode_item(item);
  if (!old_item.empty()) record.old_image = encode_item(old_item);
  record.commit_time = hybrid_from_ms(1'800'000'000'999);
  return record;
}

inline std::string lambda_json(const storage::ChangeRecord& record, const RecordView& view = example_view()) {
  std::string text;
  json::Writer writer(text);
  CHECK(write_lambda_record(writer, record, view).ok());
  return text;
}

}  // namespace gyre::streams
