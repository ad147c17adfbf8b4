// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/histogram.h"

#include <numeric>

#include "core/base/check.h"
#include "core/base/duration.h"

namespace gyre::metrics {
namespace {

constexpr std::uint64_t kMicrosecond = 1000;
constexpr std::uint64_t kMillisecond = kNanosecondsPerMs;
constexpr std::uint64_t kSecond = kNanosecondsPerSecond;

constexpr std::array kTimes = {
    50 * kMicrosecond,   100 * kMicrosecond, 250 * kMicrosecond, 500 * kMicrosecond, 1 * kMillisecond,
    2500 * kMicrosecond, 5 * kMillisecond,   10 * kMillisecond,  25 * kMillisecond,  50 * kMillisecond,
    100 * kMillisecond,  250 * kMillisecond, 500 * kMillisecond, 1 * kSecond,        2500 * kMillisecond,
    5 * kSecond,         10 * kSecond};

template <std::size_t kCount>
constexpr std::array<std::uint64_t, kCount> powers_of_four(std::uint64_t first) {
  std::array<std::uint64_t, kCount> powers{};
  for (std::uint64_t& power : powers) {
    power = first;
    first *= 4;
  }
  return powers;
}
constexpr auto kNumbers = powers_of_four<11>(1);
constexpr auto kSizes = powers_of_four<9>(256);
static_assert(kNumbers.back() == 1'048'576 && kSizes.back() == 16 * 1024 * 1024);

}  // namespace

std::uint64_t HistogramReading::count() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

HistogramReading& HistogramReading::operator+=(const HistogramReading& other) {
  if (other.counts.empty()) return *this;
  if (counts.empty()) return *this = other;
  CHECK(bounds.data() == other.bounds.data() && counts.size() == other.counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum += other.sum;
  return *this;
}

Histogram::Histogram(std::span<const std::uint64_t> bounds) : bounds_(bounds) {
  CHECK(bounds.size() <= limits::kHistogramBucketsMax);
  for (std::size_t i = 1; i < bounds.size(); ++i) CHECK(bounds[i - 1] < bounds[i]);
}

HistogramReading Histogram::read() const {
  HistogramReading reading{bounds_, {}, sum_.value()};
  reading.counts.reserve(bounds_.size() + 1);
  for (std::size_t i = 0; i <= bounds_.size(); ++i) reading.counts.push_back(counts_[i].value());
  return reading;
}

std::span<const std::uint64_t> time_bounds() {
  return kTimes;
}
std::span<const std::uint64_t> number_bounds() {
  return kNumbers;
}
std::span<const std::uint64_t> size_bounds() {
  return kSizes;
}

}  // namespace gyre::metrics
