// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/metrics/histogram.h"

namespace gyre::metrics {

enum class Type { kCounter, kGauge, kHistogram };

/// One metric as Prometheus knows it. Names: [a-zA-Z_:][a-zA-Z0-9_:]*, in base units (seconds, bytes), and of
/// a counter with "_total" at the end.
struct Family {
  std::string_view name;
  Type type;
  std::vector<std::string_view> labels;  ///< the names of its labels
  std::string_view help;
};
std::string_view type_name(Type type);

/// Content-Type of what an Exposition writes.
inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

/// Writes Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). A family that gets no sample is left out.
/// One thread.
class Exposition {
 public:
  /// The values of a family's labels, in its order; UTF-8.
  using Values = std::initializer_list<std::string_view>;

  explicit Exposition(std::string& out) : out_(out) {}

  /// What follows are samples of `family`, which outlives this. Each family comes once.
  void begin(const Family& family);
  void sample(Values labels, std::uint64_t value);
  void sample(Values labels, double value);
  /// Cumulative buckets, their sum and count. `units` of the reading's values make one of the family's: 1e9
  /// for times in nanoseconds.
  void histogram(Values labels, const HistogramReading& reading, double units);

 private:
  void head();
  void line(std::string_view suffix, Values labels, std::string_view bound, std::string_view value);

  std::string& out_;
  const Family* family_ = nullptr;
  bool head_written_ = false;
  std::set<std::string_view> names_;
};

}  // namespace gyre::metrics
