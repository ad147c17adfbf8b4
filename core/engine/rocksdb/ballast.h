// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace gyre::storage {

/// Disk space that is kept back in a file of a store's folder, so that a store whose disk is full can still
/// be opened, and what gives space back can still be written. Of one thread at a time.
class Ballast {
 public:
  /// `bytes` = 0: none is kept.
  Ballast(const std::string& directory, std::uint64_t bytes);

  /// With so much space free: gives the ballast up where there is less than it would take, and makes it where
  /// there is far more (limits::kBallastRoomFactor). Between the two nothing happens.
  void adjust(std::uint64_t free_bytes);
  /// Gives it up where there is less space than it takes. True if space is that low.
  bool release_if_low(std::uint64_t free_bytes);

 private:
  void make() const;

  const std::string path_;
  const std::uint64_t bytes_;
};

}  // namespace gyre::storage
