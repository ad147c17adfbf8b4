// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/json/json_writer.h"
#include "core/model/table_schema.h"
#include "core/storage/change_record.h"
#include "core/storage/store.h"

namespace gyre::streams {

/// True if user streams show the record: items' inserts, modifies and removes; neither touches nor catalog
/// changes.
bool visible_to_users(const storage::ChangeRecord& record);

/// Writes one record as GetRecords and Lambda show it: eventID, eventName, awsRegion, dynamodb{Keys, images
/// by `view_type`, SequenceNumber, SizeBytes, StreamViewType, ApproximateCreationDateTime}, and userIdentity
/// of an expiry. kCorruption if an image of our own does not decode.
Status write_stream_record(json::Writer& writer, const storage::ChangeRecord& record,
                           StreamViewType view_type, const std::string& serving_region);

/// Writes one record with everything that the log knows, as `gyre tail` and `gyre replay` print it: both
/// images, version, vector, replaced version, origin, commit time in milliseconds, transaction, principal,
/// request id, userIdentity of an expiry in whatever region. One line, no newline.
Status write_full_record(json::Writer& writer, const storage::ChangeRecord& record,
                         const std::string& table_name);

}  // namespace gyre::streams
