// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/storage/change_record.h"

// What a record says to users, whatever it is shown as: GetRecords, Lambda's events, filters. Pure.
namespace gyre::streams {

inline constexpr std::string_view kRecordVersion = "1.1";
inline constexpr std::string_view kRecordSource = "aws:dynamodb";
inline constexpr std::string_view kExpiryPrincipal = "dynamodb.amazonaws.com";
inline constexpr std::string_view kExpiryPrincipalType = "Service";

/// "INSERT", "MODIFY", "REMOVE"; also of the kinds that users do not see.
std::string_view event_name(storage::ChangeKind kind);

/// 32 hex digits, as AWS's look; the same for the same record whenever it is shown by the same region, and
/// another for any other record.
std::string event_id(const storage::ChangeRecord& record, const std::string& serving_region);

/// Of the commit, rounded down: fractions break AWS's Java adapter.
std::uint64_t creation_seconds(const storage::ChangeRecord& record);

/// The images that a stream of this view type shows; empty where there is none. They point into the record.
struct ShownImages {
  std::string_view old_image;
  std::string_view new_image;
};
ShownImages shown_images(const storage::ChangeRecord& record, StreamViewType view_type);

/// SizeBytes: keys and shown images, names and values. kCorruption if one of them does not decode.
Result<std::size_t> shown_bytes(const storage::ChangeRecord& record, const ShownImages& images);

/// True if the item was removed because its time to live had passed, in whatever region.
bool is_expiry_record(const storage::ChangeRecord& record);
/// True if the record says so to users: AWS marks an expiry in the region that expired the item only.
bool shows_expiry(const storage::ChangeRecord& record, const std::string& serving_region);

}  // namespace gyre::streams
