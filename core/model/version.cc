// SPDX-License-Identifier: Apache-2.0
#include "core/model/version.h"

#include <algorithm>

#include "core/base/check.h"

namespace gyre {
namespace {

constexpr std::size_t kEntryBytes = 16;  // incarnation and clock

template <class Entries>
auto place_of(Entries& entries, IncarnationId incarnation) {
  return std::lower_bound(
      entries.begin(), entries.end(), incarnation,
      [](const VersionVector::Entry& entry, IncarnationId wanted) { return entry.incarnation < wanted; });
}

}  // namespace

Version expiry_of(const Version& value) {
  const HybridTime odd = value.clock + 1 + value.clock % 2;
  return {odd, RegionId("expiry")};
}

void VersionVector::observe(IncarnationId incarnation, HybridTime clock) {
  const auto at = place_of(entries_, incarnation);
  if (at != entries_.end() && at->incarnation == incarnation) {
    at->clock = std::max(at->clock, clock);
  } else {
    entries_.insert(at, Entry{incarnation, clock});
  }
}

void VersionVector::merge(const VersionVector& other) {
  for (const Entry& entry : other.entries_) observe(entry.incarnation, entry.clock);
}

bool VersionVector::covers(const VersionVector& other) const {
  return std::all_of(other.entries_.begin(), other.entries_.end(), [this](const Entry& entry) {
    const auto at = place_of(entries_, entry.incarnation);
    return at != entries_.end() && at->incarnation == entry.incarnation && at->clock >= entry.clock;
  });
}

HybridTime VersionVector::clock_of(IncarnationId incarnation) const {
  const auto at = place_of(entries_, incarnation);
  return at != entries_.end() && at->incarnation == incarnation ? at->clock : 0;
}

void VersionVector::append(std::string& out) const {
  append_varint(out, entries_.size());
  const Entry* before = nullptr;
  for (const Entry& entry : entries_) {
    CHECK(before == nullptr || before->incarnation < entry.incarnation);  // or it could not be read again
    before = &entry;
    append_u64_be(out, entry.incarnation.value());
    append_u64_be(out, entry.clock);
  }
}

Result<VersionVector> VersionVector::read(ByteReader& reader) {
  ASSIGN_OR_RETURN(const std::uint64_t count, reader.varint());
  if (count > reader.rest().size() / kEntryBytes) return Error::corruption("version vector ends too early");
  VersionVector vector;
  vector.entries_.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const std::uint64_t incarnation, reader.u64_be());
    ASSIGN_OR_RETURN(const std::uint64_t clock, reader.u64_be());
    const IncarnationId id(incarnation);
    if (!vector.entries_.empty() && vector.entries_.back().incarnation >= id) {
      return Error::corruption("version vector is out of order");
    }
    vector.entries_.push_back(Entry{id, clock});
  }
  return vector;
}

Status VersionVector::skip(ByteReader& reader) {
  ASSIGN_OR_RETURN(const std::uint64_t count, reader.varint());
  if (count > reader.rest().size() / kEntryBytes) return Error::corruption("version vector ends too early");
  RETURN_IF_ERROR(reader.bytes(static_cast<std::size_t>(count) * kEntryBytes));
  return {};
}

void append_version(std::string& out, const Version& version) {
  append_u64_be(out, version.clock);
  append_sized(out, version.region.name());
}

Result<Version> read_version(ByteReader& reader) {
  ASSIGN_OR_RETURN(const std::uint64_t clock, reader.u64_be());
  ASSIGN_OR_RETURN(const std::string_view region, reader.sized());
  return Version{clock, RegionId(std::string(region))};
}

Status skip_version(ByteReader& reader) {
  RETURN_IF_ERROR(reader.u64_be());
  RETURN_IF_ERROR(reader.sized());
  return {};
}

HybridTime HybridClock::stamp(std::uint64_t now_ms, HybridTime floor) {
  const HybridTime least = std::max({hybrid_from_ms(now_ms), last_ + 2, floor + 2});
  const HybridTime stamp = least + least % 2;  // after an odd one, the next even one
  CHECK(stamp > last_ &&
        stamp > floor);  // else 64 bits ran over: a stamp passed the skew check that never should
  return last_ = stamp;
}

void HybridClock::observe(HybridTime remote) {
  last_ = std::max(last_, remote);
}

}  // namespace gyre
