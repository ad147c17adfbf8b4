// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/completion_sink.h"
#include "core/base/result.h"
#include "core/base/work.h"
#include "core/http/operation.h"
#include "core/storage/read_pool.h"
#include "core/storage/read_view.h"

namespace gyre::api {

/// What one call of ReadRequest::read() may do. Its work is counted; other requests wait until the slice is
/// over.
class ReadSlice {
 public:
  /// On the thread of a connection: what is in memory, as far as that takes about 10 ms.
  static ReadSlice on_io_thread();
  /// In the pool, among reads that wait for the disk. One row that is too heavy for them stops.
  static ReadSlice of_short_read();
  /// In the pool, among reads that take long.
  static ReadSlice of_long_read();

  storage::ReadTier tier() const { return tier_; }
  /// For IterateOptions.
  std::uint64_t skipped_rows_max() const { return skipped_rows_max_; }
  /// Where the read counts what it does. It is bounded, so that one row with a heavy filter stops too; but
  /// among long reads each call gets on by one row at least.
  Work& work() { return work_; }
  /// Is it somebody else's turn?
  bool is_over() const { return work_.units() > units_max_; }
  /// Did a read answer this because its turn is over, so that what it did counts when it goes on? Not if it
  /// was stopped within a row, and never on a connection's thread: it read only what is in memory.
  bool goes_on(const Result<std::string>& reply) const {
    return tier_ == storage::ReadTier::kAll && is_over() && !work_.used_up() && !reply.ok() &&
           reply.error().code == ErrorCode::kIncomplete;
  }

 private:
  ReadSlice(storage::ReadTier tier, std::uint64_t skipped_rows_max, Work work, std::uint64_t units_max)
      : tier_(tier), skipped_rows_max_(skipped_rows_max), work_(work), units_max_(units_max) {}

  storage::ReadTier tier_;
  std::uint64_t skipped_rows_max_;
  Work work_;
  std::uint64_t units_max_;
};

/// A parsed read: everything that it needs, and nothing that is borrowed from its request.
class ReadRequest {
 public:
  virtual ~ReadRequest() = default;
  /// The whole reply. kIncomplete if the slice does not do for it: then it is called again with another one,
  /// and goes on where it stopped, or begins anew. Slices of the pool have the tier kAll; a read that is
  /// never longer than one of them need not look whether it is over. At most one call at a time, on any
  /// thread.
  virtual Result<std::string> read(ReadSlice& slice) = 0;
};

/// Answers `read`: at once if what it needs is in memory and little; otherwise from `pool`, and then through
/// `sink`. kThrottled if the pool is full.
void run_read(storage::ReadPool& pool, CompletionSink& sink, std::unique_ptr<ReadRequest> read,
              http::Responder respond);

}  // namespace gyre::api
