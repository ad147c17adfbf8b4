// SPDX-License-Identifier: Apache-2.0
// Counts how often a program makes files durable, without touching the program: preloaded (LD_PRELOAD), it
// takes fsync and fdatasync, and keeps the count in the first 8 bytes of the file that GYRE_SYNC_COUNT names.
// Commits a second and writes a commit follow from it.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

using Counter = std::atomic<std::uint64_t>;
static_assert(sizeof(Counter) == 8 && Counter::is_always_lock_free);

Counter* open_counter() {
  static Counter unnamed{0};
  const char* path = std::getenv("GYRE_SYNC_COUNT");
  const int file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return &unnamed;
  void* mapped = ::mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return mapped == MAP_FAILED ? &unnamed : static_cast<Counter*>(mapped);
}

int counted(long call, int file) {
  static Counter* const counter = open_counter();
  counter->fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(::syscall(call, file));
}

}  // namespace

extern "C" int fsync(int file) {
  return counted(SYS_fsync, file);
}
extern "C" int fdatasync(int file) {
  return counted(SYS_fdatasync, file);
}
