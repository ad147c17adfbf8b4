// SPDX-License-Identifier: Apache-2.0
#include "core/http/host_addresses.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace gyre::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using Failure = boost::system::error_code;
using Texts = Result<std::vector<std::string>>;

/// One look-up. Shared by its thread, which may outlive all others, and by those who wait for it.
class HostAddresses::Search : public std::enable_shared_from_this<Search> {
 public:
  explicit Search(asio::io_context& io) : io_(&io) {}

  /// False if the system has no thread to spare.
  bool start(const LookUp& look_up, const std::string& host) {
    try {
      std::thread([self = shared_from_this(), look_up, host] { self->deliver(look_up(host)); }).detach();
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }
  /// From here on the io_context may go.
  void abandon() {
    const std::lock_guard lock(mutex_);
    io_ = nullptr;
  }

  // --- on the thread of the io_context ---
  const std::optional<Texts>& answer() const { return answer_; }
  std::list<asio::steady_timer*>& waiting() { return waiting_; }

 private:
  void deliver(Texts found) {
    const std::lock_guard lock(mutex_);
    if (io_ == nullptr) return;
    asio::post(*io_, [self = shared_from_this(), found = std::move(found)]() mutable {
      self->answer_ = std::move(found);
      for (asio::steady_timer* timer : self->waiting_) timer->cancel();
    });
  }

  std::mutex mutex_;
  asio::io_context* io_;
  std::optional<Texts> answer_;
  std::list<asio::steady_timer*> waiting_;
};

HostAddresses::HostAddresses(asio::io_context& io, Endpoint endpoint, LookUp look_up)
    : io_(io), endpoint_(std::move(endpoint)), look_up_(std::move(look_up)) {}

HostAddresses::~HostAddresses() {
  if (search_) search_->abandon();
}

asio::awaitable<HostAddresses::Found> HostAddresses::find(std::chrono::milliseconds patience) {
  Failure is_a_name;
  asio::ip::make_address(endpoint_.host, is_a_name);
  if (!is_a_name) co_return with_port(std::vector<std::string>{endpoint_.host});
  if (!search_ || search_->answer()) {
    search_ = std::make_shared<Search>(io_);
    if (!search_->start(look_up_, endpoint_.host)) {
      search_.reset();
      co_return Error(ErrorCode::kUnavailable, "no thread is left to look up its name");
    }
  }
  const std::shared_ptr<Search> search = search_;
  asio::steady_timer timer(io_);
  timer.expires_after(patience);
  const auto place = search->waiting().insert(search->waiting().end(), &timer);
  Failure ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  search->waiting().erase(place);
  if (search->answer()) co_return with_port(*search->answer());
  co_return Error(ErrorCode::kUnavailable,
                  fmt::format("its name could not be looked up within {} ms", patience.count()));
}

HostAddresses::Found HostAddresses::with_port(const Texts& addresses) const {
  RETURN_IF_ERROR(addresses);
  const std::string& text = endpoint_.port;
  std::uint16_t port = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (wrong != std::errc() || end != text.data() + text.size()) {
    return Error::validation(fmt::format("'{}' is no port", text));
  }
  std::vector<tcp::endpoint> found;
  for (const std::string& address : *addresses) {
    Failure is_none;
    const auto numbers = asio::ip::make_address(address, is_none);
    if (!is_none) found.emplace_back(numbers, port);
  }
  if (found.empty()) return Error(ErrorCode::kUnavailable, "its name has no address");
  return found;
}

}  // namespace gyre::http
