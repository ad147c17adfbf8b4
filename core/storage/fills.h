// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/log/row_operation.h"

namespace gyre::storage {

// A fill puts entries for items that were there before their index: a secondary index, or the expiry index of
// a table. It would make the log longer without telling anything new, so its steps go to the engine alone,
// and a crash may lose them: with the cursor, which lies in the same batches. Once all of them are flushed, a
// frame declares the fill complete. So an engine that has come past that frame by following the log from a
// state without the entries must be filled when it gets there.
//
// The cursor is a row: the item row up to which all is done. A write of an item keeps its entries, whether it
// is behind the cursor or before it. What a fill puts is not counted until it is complete: a count that a
// frame carries cannot tell which of these entries a crash would leave.

/// The cursor of a fill that has nothing left to do.
std::string end_of_fill(TableId table);

/// The cursor has come to its end, and a crash would not change that.
Result<bool> is_flushed_fill(const Engine& engine, Family family, const std::string& cursor_row,
                             TableId table);

/// Does what the frame that is applied next says was done before it (log::RowChange::kFilled), as far as the
/// engine lacks it. kCorruption if it names no index.
Status fill_again(Engine& engine, const log::RowOperation& filled);

}  // namespace gyre::storage
