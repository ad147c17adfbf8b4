// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/ids.h"
#include "core/base/work.h"
#include "core/storage/audit.h"
#include "core/storage/transaction_catalog.h"
#include "core/storage/transaction_clock.h"
#include "core/storage/transaction_expiry.h"
#include "core/storage/transaction_items.h"
#include "core/storage/transaction_rows.h"

namespace gyre::storage {

/// What one request sees and stages while it is evaluated, in parts. Reads see what earlier requests of the
/// same batch did. Nothing of it is kept if evaluate() answers an Error. Writer thread only; it and its parts
/// end with the evaluation.
class WriteTransaction {
 public:
  virtual ~WriteTransaction() = default;

  virtual TransactionItems& items() = 0;
  virtual TransactionCatalog& catalog() = 0;
  virtual TransactionRows& rows() = 0;
  virtual TransactionExpiry& expiry() = 0;
  virtual TransactionClock& clock() = 0;

  /// The region that this is the writer of.
  virtual const RegionId& region() const = 0;
  /// A fresh random number: incarnations, ids.
  virtual std::uint64_t random() = 0;
  /// What the whole evaluation of this request may take of the writer's time: where it goes through items and
  /// expressions, it counts that here, and stops with kIncomplete once it is used up.
  virtual Work& work() = 0;
  /// Who asked, for the change records of this request; writes that were decided elsewhere bring their own.
  /// Shared, so that it is copied once: into the record.
  virtual void set_audit(std::shared_ptr<const Audit> audit) = 0;
};

}  // namespace gyre::storage
