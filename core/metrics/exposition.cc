// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/exposition.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace gyre::metrics {
namespace {

bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == ':';
}

bool is_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), [](char byte) {
    return is_letter(byte) || (byte >= '0' && byte <= '9');
  });
}

void append_escaped(std::string& out, std::string_view text, bool quoted) {
  for (const char byte : text) {
    if (byte == '\\') {
      out += "\\\\";
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte == '"' && quoted) {
      out += "\\\"";
    } else {
      out += byte;
    }
  }
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

}  // namespace

std::string_view type_name(Type type) {
  switch (type) {
    case Type::kCounter:
      return "counter";
    case Type::kGauge:
      return "gauge";
    case Type::kHistogram:
      return "histogram";
  }
  fatal("a metric of no type");
}

void Exposition::begin(const Family& family) {
  CHECK(is_name(family.name));
  CHECK((family.type == Type::kCounter) == family.name.ends_with("_total"));
  for (const std::string_view label : family.labels) CHECK(is_name(label) && label != "le");
  CHECK(names_.insert(family.name).second);
  family_ = &family;
  head_written_ = false;
}

void Exposition::sample(Values labels, std::uint64_t value) {
  CHECK(family_ != nullptr && family_->type != Type::kHistogram);
  line({}, labels, {}, std::to_string(value));
}

void Exposition::sample(Values labels, double value) {
  CHECK(family_ != nullptr && family_->type != Type::kHistogram);
  line({}, labels, {}, number(value));
}

void Exposition::histogram(Values labels, const HistogramReading& reading, double units) {
  CHECK(family_ != nullptr && family_->type == Type::kHistogram);
  CHECK(reading.counts.size() == reading.bounds.size() + 1);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < reading.counts.size(); ++i) {
    count += reading.counts[i];
    const bool is_last = i == reading.bounds.size();
    line("_bucket", labels, is_last ? "+Inf" : number(static_cast<double>(reading.bounds[i]) / units),
         std::to_string(count));
  }
  line("_sum", labels, {}, number(static_cast<double>(reading.sum) / units));
  line("_count", labels, {}, std::to_string(count));
}

void Exposition::head() {
  if (std::exchange(head_written_, true)) return;
  out_.append("# HELP ").append(family_->name).append(" ");
  append_escaped(out_, family_->help, false);
  out_.append("\n# TYPE ").append(family_->name).append(" ").append(type_name(family_->type)).append("\n");
}

// `bound`: of a histogram's bucket; empty for other lines.
void Exposition::line(std::string_view suffix, Values labels, std::string_view bound,
                      std::string_view value) {
  CHECK(labels.size() == family_->labels.size());
  head();
  out_.append(family_->name).append(suffix);
  char separator = '{';
  const auto label = [&](std::string_view name, std::string_view text) {
    out_ += std::exchange(separator, ',');
    out_.append(name).append("=\"");
    append_escaped(out_, text, true);
    out_ += '"';
  };
  auto name = family_->labels.begin();
  for (const std::string_view text : labels) label(*name++, text);
  if (!bound.empty()) label("le", bound);
  if (separator == ',') out_ += '}';
  out_.append(" ").append(value).append("\n");
}

}  // namespace gyre::metrics
