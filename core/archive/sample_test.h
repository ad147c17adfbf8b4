// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/archive/archive.h"
#include "core/archive/archiver.h"
#include "core/archive/sealing.h"
#include "core/log/harness_test.h"
#include "core/objects/memory_store.h"

namespace gyre::archive {

inline std::string seed_of(char digit) {
  return std::string(SigningPair::kSeedBytes, digit);
}

/// A log of a few segments, all sealed.
struct SampleLog {
  explicit SampleLog(int frames, std::uint64_t seed = 1) : harness(seed) { add(frames); }

  /// More frames, in segments of their own.
  void add(int frames) {
    harness.append_synced(frames);
    EXPECT_TRUE(harness.log->close_segment().ok());
    while (harness.log->seal().value()) {
    }
  }
  std::uint64_t segment_count() const { return harness.log->closed_segments()->size(); }

  log::Harness harness;
};

inline Status archive_all(objects::ObjectStore& store, files::Folder& log) {
  ASSIGN_OR_RETURN(Archiver archiver, Archiver::open(store, log));
  while (true) {
    ASSIGN_OR_RETURN(const bool archived, archiver.archive_next());
    if (!archived) return {};
  }
}

/// Several segments, three seals, and a key that was changed between them.
inline void make_sample_archive(SampleLog& log, objects::ObjectStore& store) {
  const SigningPair first(seed_of('1'));
  const SigningPair second(seed_of('2'));
  const auto seal = [&](const SigningPair& pair, std::uint64_t now_ms) {
    ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
    ASSERT_TRUE(seal_archive(*Archive::open(store).value(), pair, now_ms).value());
  };
  seal(first, 1000);
  log.add(30);
  seal(first, 2000);
  ASSERT_TRUE(rotate_key(*Archive::open(store).value(), first, second.public_key(), 2500).ok());
  log.add(30);
  seal(second, 3000);
}

}  // namespace gyre::archive
