// SPDX-License-Identifier: Apache-2.0
#include "global-tables/resolve.h"

#include <compare>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace gyre::global_tables {
namespace {

// An arbitrary order of contents that is the same everywhere: by hash, so that no kind of content is
// favoured.
std::strong_ordering compare_contents(const std::optional<std::string>& a,
                                      const std::optional<std::string>& b) {
  if (a == b) return std::strong_ordering::equal;
  const std::uint64_t a_hash = a ? hash64(*a) : 0;
  const std::uint64_t b_hash = b ? hash64(*b) : 0;
  if (a_hash != b_hash) return a_hash <=> b_hash;
  if (a.has_value() != b.has_value()) return a.has_value() <=> b.has_value();
  return a->compare(*b) <=> 0;
}

// True if whoever made a write with the vector `seen` knew this write itself. What else the write's vector
// has come to cover does not count: a loser was merged into it, and is in the conflict log already. The write
// is told in its vector by its own stamp; where regions' stamps coincide, all of them must be covered.
bool has_seen(const VersionVector& seen, const Version& version, const VersionVector& vector) {
  bool told = false;
  for (const VersionVector::Entry& entry : vector.entries()) {
    if (entry.clock != version.clock) continue;
    if (seen.clock_of(entry.incarnation) < entry.clock) return false;
    told = true;
  }
  return told || seen.covers(vector);
}

}  // namespace

Resolved resolve(const storage::VersionedWrite& incoming, const storage::StoredItem& stored) {
  CHECK(incoming.version.clock != 0);
  Resolved result;
  result.merged = stored.vector;
  result.merged.merge(incoming.vector);
  if (stored.version.clock == 0) {
    result.resolution = Resolution::kSupersede;
    return result;
  }

  const bool same_stamp = incoming.version == stored.version;
  const std::strong_ordering contents =
      same_stamp ? compare_contents(incoming.image, stored.image) : std::strong_ordering::equal;
  result.diverged = same_stamp && contents != std::strong_ordering::equal;
  const bool same_write = same_stamp && !result.diverged;
  const bool quiet = same_write || is_expiry(incoming.version) || is_expiry(stored.version);
  const bool incoming_wins = same_stamp ? contents > 0 : incoming.version > stored.version;

  if (incoming_wins) {
    const bool seen = has_seen(incoming.vector, stored.version, stored.vector) && !result.diverged;
    result.resolution = seen || quiet ? Resolution::kSupersede : Resolution::kConflictWon;
  } else if (stored.vector.covers(incoming.vector)) {
    result.resolution = Resolution::kStale;
  } else {
    const bool seen = has_seen(stored.vector, incoming.version, incoming.vector) && !result.diverged;
    result.resolution = seen || quiet ? Resolution::kMergeVector : Resolution::kConflictLost;
  }
  return result;
}

}  // namespace gyre::global_tables
