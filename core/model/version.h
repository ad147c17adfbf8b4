// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"

namespace gyre {

/// A stamp of the hybrid logical clock: 48 bits of milliseconds, 16 of counter.
using HybridTime = std::uint64_t;
inline constexpr HybridTime hybrid_from_ms(std::uint64_t ms) {
  return ms << 16;
}
inline constexpr std::uint64_t hybrid_to_ms(HybridTime time) {
  return time >> 16;
}

/// When and where a value was written. The greater version wins everywhere.
struct Version {
  HybridTime clock = 0;
  RegionId region;
  friend auto operator<=>(const Version&, const Version&) = default;
};

/// True for the version of an expiry: one that expiry_of() made.
inline bool is_expiry(const Version& version) {
  return version.clock % 2 == 1;
}
/// The version of the expiry of a value: just above the value's own and the same in every region, so that any
/// refresh wins and expiries of several regions are one.
Version expiry_of(const Version& value);

/// What a value has seen: for each member incarnation the newest stamp of it. Sorted by incarnation; a
/// handful of entries.
class VersionVector {
 public:
  struct Entry {
    IncarnationId incarnation;
    HybridTime clock = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  /// Raises the entry of `incarnation` to at least `clock`.
  void observe(IncarnationId incarnation, HybridTime clock);
  /// Entry by entry the greater.
  void merge(const VersionVector& other);
  /// True if every entry of `other` is at most ours.
  bool covers(const VersionVector& other) const;
  HybridTime clock_of(IncarnationId incarnation) const;

  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  bool operator==(const VersionVector&) const = default;

  void append(std::string& out) const;
  static Result<VersionVector> read(ByteReader& reader);
  /// Passes over one, and looks only at its length.
  static Status skip(ByteReader& reader);

 private:
  std::vector<Entry> entries_;
};

void append_version(std::string& out, const Version& version);
Result<Version> read_version(ByteReader& reader);
Status skip_version(ByteReader& reader);

/// The region's hybrid clock: strictly increasing, even stamps for local writes (an odd one is an expiry's).
/// The writer owns it; its last stamp comes back from the change log after a crash.
class HybridClock {
 public:
  explicit HybridClock(HybridTime last = 0) : last_(last) {}
  /// max(now, last + 2, floor + 2), even. `floor`: the greatest stamp among the values that are overwritten.
  HybridTime stamp(std::uint64_t now_ms, HybridTime floor = 0);
  /// Takes over a remote stamp that passed the skew check, so that later local writes come after it.
  void observe(HybridTime remote);
  HybridTime last() const { return last_; }

 private:
  HybridTime last_;
};

}  // namespace gyre
