// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/limits.h"
#include "core/metrics/counter.h"

namespace gyre::metrics {

/// What a histogram held at about one moment. A value.
struct HistogramReading {
  std::span<const std::uint64_t> bounds;  ///< inclusive; a constant
  std::vector<std::uint64_t> counts;      ///< of each bucket by itself, and last of all that is beyond
  std::uint64_t sum = 0;                  ///< of the values

  std::uint64_t count() const;
  /// `other` has the same bounds, or nothing at all.
  HistogramReading& operator+=(const HistogramReading& other);
};

/// How often values fell between bounds. One thread records, any thread reads (see Counter). Values are whole
/// numbers of the smallest unit: nanoseconds, bytes.
class Histogram {
 public:
  /// `bounds` grow, are at most limits::kHistogramBucketsMax, and outlive this.
  explicit Histogram(std::span<const std::uint64_t> bounds);

  void record(std::uint64_t value) {
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    counts_[bucket].add();
    sum_.add(value);
  }
  HistogramReading read() const;

 private:
  std::span<const std::uint64_t> bounds_;
  std::array<Counter, limits::kHistogramBucketsMax + 1> counts_;
  Counter sum_;
};

/// Times in nanoseconds, from 50 microseconds to 10 seconds: of requests, commits and the like.
std::span<const std::uint64_t> time_bounds();
/// Powers of four from 1 to 1,048,576: how many.
std::span<const std::uint64_t> number_bounds();
/// Powers of four from 256 bytes to 16 MB.
std::span<const std::uint64_t> size_bounds();

}  // namespace gyre::metrics
