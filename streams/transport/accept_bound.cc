// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/accept_bound.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>

#include "core/base/log_limit.h"

namespace gyre::streams {
namespace {

std::atomic<int> refused_from = INT_MAX;
LogLimit turned_away(1);

}  // namespace

void refuse_accepted_from(int descriptor) {
  refused_from.store(descriptor, std::memory_order_relaxed);
}

}  // namespace gyre::streams

/// Stands before the C library's, for libzmq, which is the only one to call it (Asio calls accept()). That a
/// connection was aborted is an answer that libzmq knows and goes on after; "too many files" would have it
/// ask again and again, as fast as it can.
extern "C" int accept4(int listener, sockaddr* address, socklen_t* address_bytes, int flags) {
  const long accepted = ::syscall(SYS_accept4, listener, address, address_bytes, flags);
  if (accepted < 0 || accepted < gyre::streams::refused_from.load(std::memory_order_relaxed)) {
    return static_cast<int>(accepted);
  }
  ::close(static_cast<int>(accepted));
  gyre::log_warning(gyre::streams::turned_away, "a stream connection was turned away: too many are open");
  errno = ECONNABORTED;
  return -1;
}
