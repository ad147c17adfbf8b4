// SPDX-License-Identifier: Apache-2.0
#include "global-tables/links.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/duration.h"
#include "core/base/limits.h"

namespace gyre::global_tables {
namespace {

// A share of lost frames in steps of one millionth: what the row keeps, and what the dice has sides for.
constexpr std::uint64_t kLossSteps = 1'000'000;

std::uint64_t loss_steps(double loss) {
  return static_cast<std::uint64_t>(loss * kLossSteps + 0.5);
}

}  // namespace

Status check_link_settings(const LinkSettings& settings) {
  if (settings.latency_ms > limits::kLinkDelayMsMax || settings.jitter_ms > limits::kLinkDelayMsMax) {
    return Error::validation(
        fmt::format("LatencyMs and JitterMs must be at most {}", limits::kLinkDelayMsMax));
  }
  if (!(settings.loss >= 0 && settings.loss <= 1)) return Error::validation("Loss must be between 0 and 1");
  return {};
}

std::string encode_link_settings(const LinkSettings& settings) {
  std::string out;
  append_varint(out, settings.latency_ms);
  append_varint(out, settings.jitter_ms);
  append_varint(out, loss_steps(settings.loss));
  append_u8(out, settings.cut ? 1 : 0);
  return out;
}

Result<LinkSettings> decode_link_settings(std::string_view bytes) {
  ByteReader reader(bytes);
  LinkSettings settings;
  ASSIGN_OR_RETURN(settings.latency_ms, reader.varint());
  ASSIGN_OR_RETURN(settings.jitter_ms, reader.varint());
  ASSIGN_OR_RETURN(const std::uint64_t steps, reader.varint());
  ASSIGN_OR_RETURN(const std::uint8_t cut, reader.u8());
  settings.loss = static_cast<double>(steps) / kLossSteps;
  settings.cut = cut != 0;
  if (!reader.at_end()) return Error::corruption("stored link settings are too long");
  return settings;
}

storage::RoomRow link_row(const RegionId& peer) {
  return {storage::RowPrefix("link/"), peer.name()};
}

LinkSettings ShapedLink::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void ShapedLink::change(const LinkSettings& settings) {
  const std::lock_guard lock(mutex_);
  settings_ = settings;
}

std::optional<std::uint64_t> ShapedLink::release_ns(Direction direction, std::uint64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (settings_.cut) return std::nullopt;
  if (settings_.loss > 0 && random_.below(kLossSteps) < loss_steps(settings_.loss)) return std::nullopt;
  std::uint64_t release = now_ns + settings_.latency_ms * kNanosecondsPerMs;
  if (settings_.jitter_ms > 0) release += random_.below(settings_.jitter_ms * kNanosecondsPerMs + 1);
  std::uint64_t& last = last_release_ns_[direction == Direction::kToReader ? 0 : 1];
  last = std::max(last, release);
  return last;
}

}  // namespace gyre::global_tables
