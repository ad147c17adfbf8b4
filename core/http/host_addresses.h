// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inside core/http only: shows Asio.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "core/http/endpoint.h"
#include "core/http/look_up.h"

namespace gyre::http {

/// The addresses of one endpoint, looked up anew each time that somebody asks. Of the thread of its
/// io_context.
///
/// A look-up can be neither bounded in time nor ended. So each runs on a thread of its own, which nobody
/// waits for: whoever asks waits as long as he likes to, and this may go while one is under way. At most one
/// runs at a time; those who ask meanwhile get its answer.
class HostAddresses {
 public:
  using Found = Result<std::vector<boost::asio::ip::tcp::endpoint>>;

  /// `io` outlives this. Once this is gone, what waits in find() must not be run any more.
  HostAddresses(boost::asio::io_context& io, Endpoint endpoint, LookUp look_up = look_up_by_system);
  ~HostAddresses();
  HostAddresses(const HostAddresses&) = delete;
  HostAddresses& operator=(const HostAddresses&) = delete;

  const Endpoint& endpoint() const { return endpoint_; }
  /// kUnavailable if there are none, or none are known after `patience`; kValidation for a port that is none.
  boost::asio::awaitable<Found> find(std::chrono::milliseconds patience);

 private:
  class Search;

  Result<std::vector<boost::asio::ip::tcp::endpoint>> with_port(
      const Result<std::vector<std::string>>& addresses) const;

  boost::asio::io_context& io_;
  const Endpoint endpoint_;
  const LookUp look_up_;
  std::shared_ptr<Search> search_;  // the one under way
};

}  // namespace gyre::http
