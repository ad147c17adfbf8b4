// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/engine/engine.h"
#include "core/storage/batch_builder.h"
#include "core/storage/catalog.h"

namespace gyre::storage {

/// What a store held when it was opened.
struct Recovered {
  Epoch epoch;
  std::shared_ptr<const CatalogSnapshot> catalog;
  LogState log;
};

/// Reads it all back. A store without an epoch is new: it gets one, and belongs to `region` from now on.
/// kValidation if it belongs to another region, kCorruption if its rows contradict each other.
Result<Recovered> recover(Engine& engine, const RegionId& region,
                          const std::function<std::uint64_t()>& random);

}  // namespace gyre::storage
