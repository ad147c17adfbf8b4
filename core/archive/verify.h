// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/archive/layout.h"
#include "core/archive/seal.h"
#include "core/objects/object_store.h"

namespace gyre::archive {

/// What whoever checks an archive knows of it from elsewhere.
struct Known {
  std::optional<PublicKey> key;     ///< one of its keys: those behind it are believed too
  std::optional<log::Hash> seal{};  ///< hash of a seal that was pushed to a second place
};

/// Something that is not as it was written.
struct Finding {
  std::string object;  ///< its key
  std::string what;    ///< a sentence; of a segment with offset, frame and, where it can be told, the record
};

struct ArchiveReport {
  std::uint64_t segment_count = 0;
  std::uint64_t record_count = 0;  ///< in segments that are whole
  std::uint64_t seal_count = 0;
  std::uint64_t sealed_segment_count = 0;
  std::uint64_t key_count = 0;
  /// Empty: every byte is as it was written. At most kFindingsMax of them.
  std::vector<Finding> findings;

  static constexpr std::size_t kFindingsMax = 1000;
};

/// Reads all of an archive, and checks every byte of it: segments, their chain, the index, seals and keys. An
/// Error only if the store fails. Memory: what checking one segment takes (core/log/verify.h), and about 100
/// bytes for each seal.
///
/// What it cannot see without `known`: that the newest seals are missing, with or without the segments that
/// only they have; and that all was signed again with other keys.
Result<ArchiveReport> verify_archive(objects::ObjectStore& store, const Known& known);

}  // namespace gyre::archive
