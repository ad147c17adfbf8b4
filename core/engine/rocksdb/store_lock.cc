// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/store_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

namespace gyre::storage {
namespace {

// A line of one length, so that the next owner writes over it in place, also on a full disk.
constexpr std::size_t kPidLineBytes = 12;

void write_pid(int descriptor) {
  std::string line = std::to_string(::getpid());
  line.resize(kPidLineBytes - 1, ' ');
  line += '\n';
  // It only makes a message better: without it the lock holds as well.
  [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, line.data(), line.size(), 0);
}

std::optional<pid_t> read_pid(int descriptor) {
  std::array<char, kPidLineBytes> line{};
  const ssize_t size = ::pread(descriptor, line.data(), line.size(), 0);
  pid_t pid = 0;
  if (size > 0) std::from_chars(line.data(), line.data() + size, pid);
  return pid > 0 ? std::optional(pid) : std::nullopt;
}

Error in_use(const std::string& directory, std::optional<pid_t> owner) {
  std::string message = "the store in " + directory + " is in use by ";
  if (owner == ::getpid()) {
    message += "this process";
  } else {
    message += "another process";
    if (owner) message += " (pid " + std::to_string(*owner) + ")";
  }
  return {ErrorCode::kUnavailable, std::move(message)};
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::string& directory) {
  const std::string name = directory + "/" + kFileName;
  const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return Error::validation("cannot open " + name + ": " + std::strerror(errno));
  StoreLock lock(descriptor);
  // Not fcntl's: such a lock ends when any descriptor of the file is closed, and it is the process's.
  int taken = 0;
  do {
    taken = ::flock(descriptor, LOCK_EX | LOCK_NB);
  } while (taken != 0 && errno == EINTR);
  if (taken != 0 && errno == EWOULDBLOCK) return in_use(directory, read_pid(descriptor));
  if (taken != 0) return Error::validation("cannot lock " + name + ": " + std::strerror(errno));
  write_pid(descriptor);
  return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace gyre::storage
