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

/// Writes one record as GetRecords shows it: eventID, eventName, awsRegion, dynamodb{Keys, images
/// by `view_type`, SequenceNumber, SizeBytes, StreamViewType, ApproximateCreationDateTime}, and userIdentity
/// of an expiry. kCorruption if an image of our own does not decode.
Status write_stream_record(json::Writer& writer, const storage::ChangeRecord& record,
                           StreamViewType view_type, const std::string& serving_region);

/// Where a record is shown: what a stream makes of it.
struct RecordView {
  StreamViewType view_type = StreamViewType::kNewAndOldImages;
  std::string region;      ///< that serves it
  std::string stream_arn;  ///< of the stream
};

/// Writes one record as functions get it (AWS Lambda developer guide, "Using AWS Lambda with Amazon
/// DynamoDB"): as GetRecords shows it, but with eventSourceARN, userIdentity in lower case, and seconds that
/// read back as a float, as they do at AWS. kCorruption if an image of our own does not decode.
Status write_lambda_record(json::Writer& writer, const storage::ChangeRecord& record, const RecordView& view);
/// The time in there, a JSON number.
std::string lambda_seconds_text(const storage::ChangeRecord& record);

/// Writes the members that say who asked for a write: principal, principal_verified, request_id,
/// source_address, user_agent.
void write_audit(json::Writer& writer, const storage::Audit& audit);

/// Writes one record with everything that the log knows, as `gyre tail` and `gyre replay` print it: both
/// images, version, vector, replaced version, origin, commit time in milliseconds, transaction, audit,
/// userIdentity of an expiry in whatever region. One line, no newline.
Status write_full_record(json::Writer& writer, const storage::ChangeRecord& record,
                         const std::string& table_name);

}  // namespace gyre::streams
