// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/ids.h"
#include "core/metrics/histogram.h"

namespace gyre::storage {

/// What a writer did since it was made. A value.
struct WriterStatus {
  struct Queue {
    std::size_t waiting = 0;  ///< requests
    std::size_t bytes = 0;
    std::uint64_t refused = 0;  ///< since the start, because it was full
  };
  std::array<Queue, 3> queues;      ///< by WriteClass
  std::size_t queue_bytes_max = 0;  ///< of each
  metrics::HistogramReading batch_requests;
  metrics::HistogramReading batch_bytes;
  metrics::HistogramReading evaluation_ns;     ///< of a batch
  metrics::HistogramReading synced_commit_ns;  ///< of a batch, with the sync of the disk
  metrics::HistogramReading unsynced_commit_ns;
  SequenceNumber durable_sequence;  ///< of the newest change record that is on disk
};

}  // namespace gyre::storage
