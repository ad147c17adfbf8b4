// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/ballast.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/limits.h"
#include "core/base/log.h"

namespace gyre::storage {

Ballast::Ballast(const std::string& directory, std::uint64_t bytes)
    : path_(directory + "/ballast"), bytes_(bytes) {}

void Ballast::adjust(std::uint64_t free_bytes) {
  if (release_if_low(free_bytes)) return;
  if (bytes_ > 0 && free_bytes / limits::kBallastRoomFactor >= bytes_) make();
}

bool Ballast::release_if_low(std::uint64_t free_bytes) {
  if (free_bytes >= bytes_) return false;
  if (::unlink(path_.c_str()) == 0) log_warning("storage: the disk is almost full: {} is given up", path_);
  return true;
}

void Ballast::make() const {
  const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return;  // it is there
  const int failed = ::posix_fallocate(descriptor, 0, static_cast<off_t>(bytes_));
  ::close(descriptor);
  if (failed == 0) return;
  log_warning("storage: no space is kept back in {}: {}", path_, std::strerror(failed));
  ::unlink(path_.c_str());
}

}  // namespace gyre::storage
