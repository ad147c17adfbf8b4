// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/storage/writer.h"
#include "global-tables/incoming.h"
#include "global-tables/table_progress.h"

namespace gyre::global_tables {

/// Records of one session and the progress that they make, to be committed together or not at all.
struct ApplyWork {
  RegionId peer;
  TableId table;  ///< of this region
  std::vector<IncomingRecord> records;
  ProgressStep step;
  bool activate = false;    ///< the first copy is complete with this: the table opens for clients
  bool first_copy = false;  ///< part of a first copy: yields to clients and live replication
};

/// What applying did, for counters.
struct ApplyCounts {
  std::uint64_t applied = 0;
  std::uint64_t stale = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t diverged = 0;  ///< one stamp, two contents: an alarm
};

/// Applies `work` within the writer: the one place where another region's write takes effect here.
Status apply(const ApplyWork& work, storage::WriteTransaction& transaction, ApplyCounts& counts);

/// apply() on its way through the writer.
class ApplyRequest final : public storage::WriteRequest {
 public:
  using Done = std::function<void(const Status&, const ApplyCounts&)>;
  /// `done` runs once, on `sink`.
  ApplyRequest(ApplyWork work, CompletionSink& sink, Done done);

  storage::WriteClass write_class() const override;
  std::size_t size_bytes() const override { return size_bytes_; }
  Status evaluate(storage::WriteTransaction& transaction) override {
    return apply(work_, transaction, counts_);
  }
  void complete(Status outcome) override { done_(outcome, counts_); }
  CompletionSink& sink() override { return sink_; }

 private:
  ApplyWork work_;
  ApplyCounts counts_;
  CompletionSink& sink_;
  Done done_;
  std::size_t size_bytes_;
};

}  // namespace gyre::global_tables
