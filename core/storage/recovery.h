// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/engine/engine.h"
#include "core/log/log.h"
#include "core/storage/batch_builder.h"
#include "core/storage/catalog.h"

namespace gyre::storage {

/// What a store held when it was opened.
struct Recovered {
  std::shared_ptr<const CatalogSnapshot> catalog;
  WriterState log;
};

/// Reads it all back, from an engine that has caught up with the log. kCorruption if rows contradict each
/// other.
Result<Recovered> recover(const Engine& engine, const log::Log& log);

}  // namespace gyre::storage
