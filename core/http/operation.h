// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/completion_sink.h"
#include "core/base/result.h"
#include "core/json/json_reader.h"

namespace gyre::api {
class IntentObserver;
}

namespace gyre::http {

/// One request as an operation sees it: authenticated, target known, JSON parsed. Everything is borrowed, and
/// holds until run() returns; what a later completion needs, the operation copies.
struct Request {
  std::string_view request_id;  ///< the x-amzn-RequestId of the reply
  std::string_view principal;   ///< who asks; for change records and audits
  /// The principal proved who it is. The mode for laptops takes any signature: there it only says so.
  bool verified = false;
  std::string_view source_address = {};  ///< of who asks: IPv4 or IPv6, as text
  std::string_view user_agent = {};      ///< the header; any bytes
  std::string_view endpoint;             ///< the Host header, for paging ARNs and the like
  json::Value body;                      ///< an object
  /// The I/O thread of this connection. Completions must come back through it.
  CompletionSink* sink = nullptr;
  /// Learns what the operation is about to do (core/api/intent.h). nullptr: nobody asks.
  api::IntentObserver* intents = nullptr;
};

/// Sends the reply of one request: the JSON body, or an error. Called exactly once, within run(), or later on
/// the connection's I/O thread (through Request::sink).
using Responder = std::function<void(Result<std::string>)>;

/// One DynamoDB (or Gyre) operation. Owned by main's assembly; outlives the server. run() is called on any
/// I/O thread, or on the one that large bodies are handed to, several at a time, and must not block.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual void run(const Request& request, Responder respond) = 0;
};

}  // namespace gyre::http
