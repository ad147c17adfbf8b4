// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/operations/items/item_actions.h"
#include "core/operations/partiql/prepared_statement.h"
#include "core/storage/catalog.h"

// INSERT, UPDATE, DELETE and EXISTS as the item actions that they are: a put of a key that is not there, an
// update of an item that is, a delete on conditions, a condition check.
namespace gyre::operations {

/// Who holds the action: only a transaction holds an EXISTS, and it has its own words for a WHERE clause that
/// does not name one item.
enum class StatementHolder { kOperation, kTransaction };

/// Takes the key out of the WHERE clause: kValidation. The action is not bound yet.
Result<ActionPointer> make_statement_action(PreparedStatement statement, TableReference reference,
                                            const KeySchema& schema, StatementHolder holder);

/// Of a statement that is no part of a transaction, bound to its table: kResourceNotFound, kValidation.
Result<ActionPointer> make_statement_action(PreparedStatement statement, const RegionId& region,
                                            const storage::CatalogSnapshot& catalog);

}  // namespace gyre::operations
