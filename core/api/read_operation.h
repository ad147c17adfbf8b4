// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/base/completion_sink.h"
#include "core/base/result.h"
#include "core/http/operation.h"
#include "core/storage/engine.h"
#include "core/storage/read_pool.h"

namespace gyre::api {

/// A parsed read: everything that it needs, and nothing that is borrowed from its request.
class ReadRequest {
 public:
  virtual ~ReadRequest() = default;
  /// The whole reply. kIncomplete, with the tier kCache, if a part of it must wait for the disk; what was
  /// done so far is thrown away. At most one call at a time, on any thread.
  virtual Result<std::string> read(storage::ReadTier tier) const = 0;
};

/// Answers `read`: at once from the cache, or from `pool` if the disk is needed, and then through `sink`.
/// kThrottled if the pool is full.
void run_read(storage::ReadPool& pool, CompletionSink& sink, std::unique_ptr<ReadRequest> read,
              http::Responder respond);

}  // namespace gyre::api
