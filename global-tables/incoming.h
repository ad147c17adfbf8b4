// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/key.h"
#include "core/model/table_schema.h"
#include "core/storage/change_log.h"
#include "core/storage/writer.h"

namespace gyre::global_tables {

/// A peer's change record, checked and ready to be resolved.
struct IncomingRecord {
  ItemKey key;
  std::string keys;  ///< canonical encoding of the key attributes
  storage::VersionedWrite write;
  HybridTime commit_time = 0;  ///< by the peer's clock
  storage::LogCursor after;    ///< the log position behind it; meaningless for a record of a table scan
};

/// What a record came with.
enum class RecordSource {
  kLog,   ///< the peer's change log: the peer must be its origin
  kScan,  ///< a copy of what stands in the peer's table: the origin may be any member
};

/// Decodes and checks one record. A peer is outside input: kCorruption, with a sentence for the operator, on
/// anything that this region would not have written itself. Pure; any thread.
Result<IncomingRecord> decode_incoming(std::string_view bytes, const KeySchema& schema, const RegionId& peer,
                                       RecordSource source);

}  // namespace gyre::global_tables
