// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/ids.h"
#include "core/storage/expiry_rows.h"

namespace gyre::storage {

/// The expiry index (expiry_rows.h) of a WriteTransaction. Writes of items keep it right by themselves; this
/// adds what was there before the index, and takes out what is found to be stale.
class TransactionExpiry {
 public:
  virtual void add(const ExpiryRow& row) = 0;
  virtual void remove(const ExpiryRow& row) = 0;
  /// Items up to this row are added.
  virtual void set_cursor(TableId table, std::string item_row) = 0;
  /// All are, and that is flushed (fills.h): the cursor goes.
  virtual void complete(TableId table) = 0;

 protected:
  ~TransactionExpiry() = default;  // a part of its transaction
};

}  // namespace gyre::storage
