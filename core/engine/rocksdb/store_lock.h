// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"

namespace gyre::storage {

/// The right to touch a store's folder: what opens a store takes it before anything else, and holds it
/// until all files are closed. A lock of the file `gyre.lock` in the folder, which holds the pid of its
/// owner. It ends with the process, however that ends; programs that the process starts do not inherit it. It
/// also keeps two engines of one process apart. Movable.
class StoreLock {
 public:
  static constexpr const char* kFileName = "gyre.lock";

  /// kUnavailable, and nothing in the folder is changed, if somebody else holds it. kValidation if the file
  /// cannot be made.
  static Result<StoreLock> take(const std::string& directory);

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;  // -1: moved away
};

}  // namespace gyre::storage
