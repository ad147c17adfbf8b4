// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/model/version.h"

namespace gyre::storage {

/// The region's clock as a WriteTransaction sees it. The same wall time for all requests of a batch.
class TransactionClock {
 public:
  virtual std::uint64_t now_ms() const = 0;
  /// The newest stamp that the region gave or took over.
  virtual HybridTime last_stamp() const = 0;
  /// Takes over a remote stamp that passed the skew check: later stamps are greater.
  virtual void observe(HybridTime remote) = 0;

 protected:
  ~TransactionClock() = default;  // a part of its transaction
};

}  // namespace gyre::storage
