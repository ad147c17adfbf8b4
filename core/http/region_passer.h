// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/http/destination.h"
#include "core/http/handler.h"
#include "core/http/look_up.h"
#include "core/http/router.h"

namespace gyre::http {

struct PasserOptions {
  std::vector<RegionRoute> routes;
  LookUp look_up = look_up_by_system;  ///< of the names of their hosts
  /// Of each step: looking up the host's name, connecting, TLS.
  std::uint64_t connect_timeout_ms = limits::kPassConnectTimeoutMs;
  std::uint64_t reply_timeout_ms = limits::kPassReplyTimeoutMs;
  std::uint64_t held_ms = limits::kPassHeldMs;  ///< that a connection is kept for the next request
  std::size_t connections_max = limits::kPassConnectionsMax;  ///< more requests wait for one of them
  /// Of the bodies of all requests that wait for one region, or for its answer: one that hangs must leave
  /// room for what is answered here. One body always passes.
  std::size_t body_bytes_max = limits::kPassBodyBytesMax;
};

/// What went to one other region since the start. A value.
struct PassedRequests {
  RegionId region;
  std::uint64_t answered = 0;  ///< by that region, with whatever
  std::uint64_t failed = 0;    ///< without an answer of it
  std::size_t body_bytes = 0;  ///< of requests that wait for it now
};

/// Passes requests on to other regions over HTTP, and their answers back, each on a connection of its own for
/// as long as it lasts, on one thread. Headers and bodies go as they are, but for those that are about a
/// connection. Bodies keep their share of their I/O thread's budget until they are sent. A request is
/// answered kUnavailable if its region cannot be reached, if too much waits for that region already, or if
/// the request itself has waited as long as an answer may take; kOutcomeUnknown if the region says nothing or
/// breaks off after the request was sent. Owned by main; outlives the server, whose handlers call it.
class RegionPasser {
 public:
  /// kValidation if an endpoint is none, or a certificate cannot be used.
  static Result<std::unique_ptr<RegionPasser>> make(PasserOptions options);
  virtual ~RegionPasser() = default;

  virtual std::span<const RegionRoute> routes() const = 0;
  /// On the I/O thread of the request; takes its body. `route`: of routes().
  virtual void pass_on(std::size_t route, const HttpRequest& request, ReplyTo reply) = 0;
  virtual void start() = 0;
  /// After the server was stopped: what is under way gets no answer any more. Idempotent.
  virtual void stop() = 0;
  /// Any thread.
  virtual std::vector<PassedRequests> status() const = 0;
};

/// A handler in front of `here`, which answers what is for this region: the others' requests are passed on
/// (core/http/destination.h), and what is signed for no region of the topology is refused as AWS refuses it.
/// `router` knows how large replies may become. All outlive the handler.
std::unique_ptr<Handler> make_region_routing(std::unique_ptr<Handler> here, const Router& router,
                                             RegionId region, RegionPasser& passer);

}  // namespace gyre::http
