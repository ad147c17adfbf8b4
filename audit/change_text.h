// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/storage/change_record.h"

namespace gyre::audit {

// A change record as text. kCorruption: an image of it does not decode. JSON: streams/record_json.h.

/// "2026-01-31T12:00:00.123Z".
std::string time_text(std::uint64_t ms);

/// The names of the columns, and one row of them, without line ends (RFC 4180). Keys and images are DynamoDB
/// JSON.
std::string csv_heading();
Result<std::string> csv_row(const storage::ChangeRecord& record, const std::string& table);

/// For people: a line with time, kind, key and who, and one for each attribute that changed. Ends in a
/// newline.
Result<std::string> readable_change(const storage::ChangeRecord& record, const std::string& table);

/// "gyre (claimed) from 127.0.0.1": who asked for the write. "claimed" until somebody verified who it was.
std::string who_text(const storage::Audit& audit);

}  // namespace gyre::audit
