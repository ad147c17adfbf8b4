// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/storage/store.h"

namespace gyre::storage {

/// Takes the steps of index_build.h, for all tables in turn, on a thread of its own: one write at a time, of
/// the maintenance class. Woken by changes of the catalog. Owned by main, made before the writer starts; goes
/// before the store.
class IndexBuilder {
 public:
  static std::unique_ptr<IndexBuilder> make(Store& store);
  virtual ~IndexBuilder() = default;
  virtual void start() = 0;
  /// Waits for the write that is under way; what is left goes on at the next start. Idempotent.
  virtual void stop() = 0;
  /// Instead of start(): one step of each index that needs one, on the caller's thread, which waits for the
  /// writer. False if there was nothing to do.
  virtual bool step() = 0;
};

}  // namespace gyre::storage
