// SPDX-License-Identifier: Apache-2.0
#include "core/http/region_passer.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/string.hpp>
#include <chrono>
#include <deque>
#include <list>
#include <optional>
#include <thread>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/http/endpoint.h"
#include "core/http/error_reply.h"
#include "core/http/host_addresses.h"
#include "core/http/tls_client.h"
#include "core/http/wire.h"
#include "core/metrics/counter.h"

namespace gyre::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

using Failure = boost::system::error_code;

// About one connection, in both directions (RFC 9110, section 7.6.1).
constexpr std::array<std::string_view, 7> kOfConnection = {
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"};
// Said anew. Replies are coded for the client by its own connection, not twice.
constexpr std::array<std::string_view, 4> kNotPassedOn = {"expect", "content-length", "accept-encoding",
                                                          kPassedOnHeader};
constexpr std::array<std::string_view, 6> kNotPassedBack = {
    "content-length", "content-type", "date", "server", "x-amz-crc32", "x-amzn-requestid"};

template <class Names>
bool is_one_of(std::string_view name, const Names& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view one) {
    return beast::iequals(beast::string_view(name.data(), name.size()),
                          beast::string_view(one.data(), one.size()));
  });
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

/// One request on its way. Shared, because completions are std::functions, which must be copyable.
struct Passing {
  Passing(std::string head_in, TakenBody body_in, std::atomic<std::size_t>& held_in, CompletionSink& sink_in,
          ReplyTo reply_in)
      : head(std::move(head_in)),
        body(std::move(body_in)),
        held(held_in),
        sink(sink_in),
        reply(std::move(reply_in)) {}

  const std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  std::string head;
  TakenBody body;
  std::atomic<std::size_t>& held;  // counts its body
  CompletionSink& sink;
  ReplyTo reply;
  Reply answer;
};
using PassingPointer = std::shared_ptr<Passing>;

void finish(const PassingPointer& passing, Reply answer) {
  passing->held -= passing->body.bytes.size();
  std::string().swap(passing->body.bytes);
  passing->answer = std::move(answer);
  passing->sink.deliver({[passing] {
    passing->body.give_back();
    passing->reply(std::move(passing->answer));
  }});
}

std::string request_head(const HttpRequest& request, std::size_t body_bytes, const std::string& to) {
  std::string head;
  head.append(request.method).append(" ").append(request.path);
  if (!request.query.empty()) head.append("?").append(request.query);
  head.append(" HTTP/1.1\r\n");
  request.connection->each_header([&](std::string_view name, std::string_view value) {
    if (!is_one_of(name, kOfConnection) && !is_one_of(name, kNotPassedOn)) append_header(head, name, value);
  });
  append_header(head, kPassedOnHeader, to);
  append_header(head, "Content-Length", std::to_string(body_bytes));
  return head.append("\r\n");
}

Reply passed_reply(Wire::ReplyParser::value_type& message) {
  Reply reply;
  reply.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    const std::string_view name(field.name_string().data(), field.name_string().size());
    const std::string_view value(field.value().data(), field.value().size());
    if (!is_one_of(name, kOfConnection) && !is_one_of(name, kNotPassedBack)) {
      append_header(reply.headers, name, value);
    }
  }
  const auto type = message[beast::http::field::content_type];
  const std::string_view content_type(type.data(), type.size());
  if (content_type == kJson10) {
    reply.content_type = kJson10;
  } else if (content_type == kJson) {
    reply.content_type = kJson;
  } else if (!content_type.empty()) {
    append_header(reply.headers, "Content-Type", content_type);
  }
  reply.body = std::move(message.body());
  return reply;
}

class PasserOnThread final : public RegionPasser {
 public:
  explicit PasserOnThread(PasserOptions options)
      : options_(std::move(options)), work_(asio::make_work_guard(io_)) {}
  ~PasserOnThread() override { stop(); }

  Status prepare() {
    for (const RegionRoute& route : options_.routes) {
      auto lane = std::make_unique<Lane>(route);
      ASSIGN_OR_RETURN(Endpoint endpoint, parse_endpoint(route.endpoint));
      if (endpoint.encrypted) {
        ASSIGN_OR_RETURN(lane->tls, client_context(route.trust));
      }
      lane->addresses.emplace(io_, std::move(endpoint), options_.look_up);
      lanes_.push_back(std::move(lane));
    }
    return {};
  }

  std::span<const RegionRoute> routes() const override { return options_.routes; }

  void pass_on(std::size_t route, const HttpRequest& request, ReplyTo reply) override {
    Lane& lane = *lanes_.at(route);
    const std::size_t bytes = request.body.size();
    const std::size_t before = lane.body_bytes.fetch_add(bytes);
    if (before > 0 && before + bytes > options_.body_bytes_max) {
      lane.body_bytes -= bytes;
      lane.failed.add();
      return reply(Reply::of(error_reply(too_much_waits(lane)), kJson10));
    }
    TakenBody body = request.connection->take_body();
    std::string head = request_head(request, body.bytes.size(), lane.route.region.name());
    auto passing = std::make_shared<Passing>(std::move(head), std::move(body), lane.body_bytes, *request.sink,
                                             std::move(reply));
    asio::post(io_, [this, &lane, passing = std::move(passing)] { enqueue(lane, passing); });
  }

  void start() override {
    CHECK(!thread_.joinable());
    thread_ = std::thread([this] { io_.run(); });
  }

  void stop() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    for (const auto& lane : lanes_) lane->addresses.reset();  // a look-up under way must not reach io_
  }

  std::vector<PassedRequests> status() const override {
    std::vector<PassedRequests> status;
    for (const auto& lane : lanes_) {
      status.push_back(
          {lane->route.region, lane->answered.value(), lane->failed.value(), lane->body_bytes.load()});
    }
    return status;
  }

 private:
  /// What goes to one region. Of the passer's thread, but for its numbers.
  struct Lane {
    explicit Lane(const RegionRoute& route_in) : route(route_in) {}
    const RegionRoute& route;
    std::optional<HostAddresses> addresses;  // until stop()
    std::optional<asio::ssl::context> tls;
    std::deque<PassingPointer> waiting;
    std::size_t connections = 0;
    std::atomic<std::size_t> body_bytes = 0;  // of any thread
    std::list<asio::steady_timer*> resting;   // of connections that wait for a request
    metrics::Counter answered;
    metrics::Counter failed;
  };

  void enqueue(Lane& lane, const PassingPointer& passing) {
    lane.waiting.push_back(passing);
    if (!lane.resting.empty()) {
      // It takes what waits when it gets its turn; the next request wakes another.
      lane.resting.front()->cancel();
      lane.resting.pop_front();
    } else if (lane.connections < options_.connections_max) {
      ++lane.connections;
      asio::co_spawn(io_, serve(lane), asio::detached);
    }
  }

  /// One connection for as long as there are requests for it.
  asio::awaitable<void> serve(Lane& lane) {
    std::optional<Wire> wire;
    while (true) {
      while (!lane.waiting.empty()) {
        const PassingPointer passing = std::move(lane.waiting.front());
        lane.waiting.pop_front();
        co_await pass(lane, passing, wire);
      }
      if (!wire) break;
      const bool woken = co_await rest(lane);
      if (!woken && lane.waiting.empty()) break;
    }
    --lane.connections;
  }

  asio::awaitable<bool> rest(Lane& lane) {
    asio::steady_timer timer(io_);
    timer.expires_after(std::chrono::milliseconds(options_.held_ms));
    const auto place = lane.resting.insert(lane.resting.begin(), &timer);
    Failure failure;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, failure));
    if (failure == asio::error::operation_aborted) co_return true;  // enqueue() has taken it off the list
    // It may have been taken off after it had fired.
    if (std::find(lane.resting.begin(), lane.resting.end(), &timer) == lane.resting.end()) co_return true;
    lane.resting.erase(place);
    co_return false;
  }

  /// Leaves `wire` connected if it can be used again.
  asio::awaitable<void> pass(Lane& lane, const PassingPointer& passing, std::optional<Wire>& wire) {
    if (passing->reply.is_in_vain()) co_return finish(passing, Reply());
    const Wire::Milliseconds patience(options_.reply_timeout_ms);
    if (std::chrono::steady_clock::now() - passing->since > patience) {
      co_return fail(lane, passing, too_much_waits(lane));
    }
    if (wire && !wire->is_fresh()) wire.reset();
    if (!wire) {
      wire.emplace(io_, lane.tls ? &*lane.tls : nullptr);
      const auto unreached = co_await wire->connect(*lane.addresses, lane.route.trust,
                                                    Wire::Milliseconds(options_.connect_timeout_ms));
      if (unreached) {
        wire.reset();
        fail(lane, passing, unreachable(lane, *unreached));
        co_return;
      }
    }
    Wire::ReplyParser parser;
    parser.header_limit(limits::kHttpHeaderBytesMax);
    parser.body_limit(limits::kHttpReplyBytesMax);
    const Failure failure = co_await wire->ask(passing->head, passing->body.bytes, parser, patience);
    if (failure) {
      wire.reset();
      fail(lane, passing, no_answer(lane, failure));
      co_return;
    }
    lane.answered.add();
    auto message = parser.release();
    if (!message.keep_alive()) wire.reset();
    finish(passing, passed_reply(message));
  }

  static void fail(Lane& lane, const PassingPointer& passing, const Error& error) {
    lane.failed.add();
    finish(passing, Reply::of(error_reply(error), kJson10));
  }
  static Error unreachable(const Lane& lane, const Unreached& unreached) {
    return {ErrorCode::kUnavailable,
            fmt::format("The request is signed for the region '{}', which does not answer at {}: {}",
                        lane.route.region.name(), lane.route.endpoint, unreached.reason)};
  }
  static Error too_much_waits(const Lane& lane) {
    return {ErrorCode::kUnavailable,
            fmt::format("The request is signed for the region '{}', which too many requests wait for already",
                        lane.route.region.name())};
  }
  static Error no_answer(const Lane& lane, Failure failure) {
    return {
        ErrorCode::kOutcomeUnknown,
        fmt::format("The request was passed on to the region '{}', which gave no answer ({}). Whether it did "
                    "what was asked is not known",
                    lane.route.region.name(), failure.message())};
  }

  const PasserOptions options_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // outlive what io_ runs
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<RegionPasser>> RegionPasser::make(PasserOptions options) {
  auto passer = std::make_unique<PasserOnThread>(std::move(options));
  RETURN_IF_ERROR(passer->prepare());
  return std::unique_ptr<RegionPasser>(std::move(passer));
}

}  // namespace gyre::http
