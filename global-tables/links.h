// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/storage/row_prefix.h"
#include "streams/transport/stream_client.h"

namespace gyre::global_tables {

/// How one directed link behaves, played in user space. It shapes what this region reads from the peer; the
/// way back is the peer's own link, so a cut may be one-way.
struct LinkSettings {
  std::uint64_t latency_ms = 0;  ///< one way
  std::uint64_t jitter_ms = 0;   ///< added to the latency, evenly in [0, jitter]
  double loss = 0;               ///< share of frames that are lost, [0, 1]
  bool cut = false;              ///< nothing passes
  bool operator==(const LinkSettings&) const = default;
};

/// kValidation if a member lies outside its bounds (limits::kLinkDelayMsMax; a loss in [0, 1]).
Status check_link_settings(const LinkSettings& settings);
std::string encode_link_settings(const LinkSettings& settings);
Result<LinkSettings> decode_link_settings(std::string_view bytes);
/// "link/<peer>": settings that were changed at run time; they win over the topology's.
storage::RoomRow link_row(const RegionId& peer);

/// Delays and loses the frames of one link as its settings say, at most 1 ms late. Each direction stays in
/// order: jitter never makes a frame overtake another, as on one TCP connection. The same seed and calls give
/// the same delays. Any thread.
class ShapedLink final : public streams::LinkShaper {
 public:
  ShapedLink(LinkSettings settings, std::uint64_t seed) : settings_(settings), random_(seed) {}

  LinkSettings settings() const;
  /// Takes effect on the next frame.
  void change(const LinkSettings& settings);
  std::optional<std::uint64_t> release_ns(Direction direction, std::uint64_t now_ns) override;

 private:
  mutable std::mutex mutex_;  // settings change on I/O threads; frames pass on the client's
  LinkSettings settings_;
  SeededRandom random_;
  std::uint64_t last_release_ns_[2] = {0, 0};
};

}  // namespace gyre::global_tables
