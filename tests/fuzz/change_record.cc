// SPDX-License-Identifier: Apache-2.0
// Any bytes as a change record or conflict of another region: what is taken is the same when written and
// taken again.
#include "core/storage/change_record.h"

#include <string>

#include "core/base/check.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {

void fuzz(std::string_view bytes) {
  const auto record = storage::decode_change_record(bytes);
  if (record.ok()) {
    CHECK(storage::decode_change_record(storage::encode_change_record(*record)).value() == *record);
    CHECK(storage::read_log_position(bytes).value().sequence == record->sequence);
  }
  const auto conflict = storage::decode_conflict(bytes);
  if (conflict.ok()) {
    CHECK(storage::decode_conflict(storage::encode_conflict(*conflict)).value() == *conflict);
  }
}

}  // namespace gyre
