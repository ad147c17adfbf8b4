// SPDX-License-Identifier: Apache-2.0
#include "core/http/dynamodb_handler.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/base/limits.h"
#include "core/http/compression.h"
#include "core/http/content_coding.h"
#include "core/http/error_reply.h"
#include "core/http/signature.h"
#include "core/json/utf8.h"

namespace gyre::http {
namespace {

constexpr std::string_view kAdminPrefix = "Gyre.";
constexpr std::string_view kAdminPrincipal = "gyre";

// The media type without parameters, if it is one that DynamoDB takes.
std::optional<std::string_view> json_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (type == kJson10) return kJson10;
  if (type == kJson) return kJson;
  return std::nullopt;
}

/// JSON null if there is no body. kRequestTooLarge if it has more than `bytes_max` inflated.
Result<json::Value> parse_body(std::string_view body, ContentCoding coding, std::size_t bytes_max,
                               json::Parser& parser) {
  if (coding == ContentCoding::kIdentity) return body.empty() ? json::Value() : parser.parse(body);
  ASSIGN_OR_RETURN(const std::string text, decompress(body, coding, bytes_max));
  return parser.parse(text);  // which keeps a copy
}

bool is_command(const HttpRequest& request) {
  return request.x_amz_target.starts_with(kAdminPrefix);
}

std::variant<std::string_view, ErrorReply> principal_of(const HttpRequest& request) {
  // Our own tools on this machine sign nothing.
  if (request.from_loopback && request.authorization.empty() && is_command(request)) return kAdminPrincipal;
  return authenticate({request.authorization, request.query, request.x_amz_date, request.date});
}

/// Sends the reply of one request, as JSON of the type that it asked for.
struct JsonReplyTo {
  ReplyTo reply;
  std::string_view type;  ///< a constant
  std::uint16_t operation = 0;

  void operator()(ErrorReply error) const { reply(Reply::of(std::move(error), type, operation)); }
  void operator()(Result<std::string> result) const {
    if (!result.ok()) return (*this)(error_reply(result.error()));
    reply(Reply{200, type, std::move(result).value(), {}, kSuccess, operation});
  }
};

/// A request that passed all checks before its operation, but those of its body. Borrows from the request.
struct Admitted {
  const Router::Entry* operation = nullptr;
  std::string_view principal;
};
using Admission = std::variant<ErrorReply, Admitted>;

/// Nothing, or no object, where the operation's structure should be.
ErrorReply no_structure() {
  return error_reply(Error::serialization({}));
}

/// A request on its way through another thread, where its body is parsed and its operation begun. Keeps all
/// that it needs: the connection may end, or go on with the next request, meanwhile. Shared, because tasks
/// and completions are std::functions, which must be copyable.
class HandedOver : public std::enable_shared_from_this<HandedOver> {
 public:
  HandedOver(const HttpRequest& request, Admission admission, ContentCoding coding, JsonReplyTo reply,
             api::IntentObserver* intents)
      : request_id_(request.request_id),
        host_(request.host),
        source_address_(request.source_address),
        user_agent_(request.user_agent),
        sink_(*request.sink),
        admission_(std::move(admission)),
        coding_(coding),
        reply_(std::move(reply)),
        intents_(intents),
        body_(request.connection->take_body()) {
    if (auto* admitted = std::get_if<Admitted>(&admission_)) principal_ = admitted->principal;
  }

  /// Nothing is begun for a client that has left, or when the server has stopped.
  void run() {
    if (!reply_.reply.is_in_vain()) {
      json::Parser parser;  // not kept: it grows with the body
      const auto parsed = parse_body(body_.bytes, coding_, limits::kHttpBodyBytesMax, parser);
      drop_body();  // the parser has a copy
      begin(parsed);
    }
    drop_body();
    sink_.deliver({[self = shared_from_this()] { self->body_.give_back(); }});
  }

  /// Instead of run(), on the I/O thread.
  void refuse() {
    drop_body();
    body_.give_back();
    reply_(error_reply({ErrorCode::kThrottled, "Too many large requests are under way; try again"}));
  }

 private:
  void drop_body() { std::string().swap(body_.bytes); }

  void begin(const Result<json::Value>& body) {
    if (!body.ok()) return answer(Result<std::string>(body.error()));
    if (const auto* refusal = std::get_if<ErrorReply>(&admission_)) return answer(*refusal);
    if (!body->is_object()) return answer(no_structure());
    std::get<Admitted>(admission_)
        .operation->operation->run(
            {.request_id = request_id_,
             .principal = principal_,
             .source_address = source_address_,
             .user_agent = user_agent_,
             .endpoint = host_,
             .body = *body,
             .sink = &sink_,
             .intents = intents_},
            [self = shared_from_this()](Result<std::string> result) { self->answer(std::move(result)); });
  }

  // Replies go out on the I/O thread; an operation may answer on any of the two.
  template <class Answer>
  void answer(Answer answer) {
    answer_ = std::move(answer);
    sink_.deliver({[self = shared_from_this()] {
      std::visit([&](auto& ready) { self->reply_(std::move(ready)); }, self->answer_);
    }});
  }

  const std::string request_id_;
  const std::string host_;
  const std::string source_address_;
  const std::string user_agent_;
  std::string principal_;
  CompletionSink& sink_;
  Admission admission_;
  const ContentCoding coding_;
  const JsonReplyTo reply_;
  api::IntentObserver* const intents_;
  TakenBody body_;
  std::variant<ErrorReply, Result<std::string>> answer_;
};

class DynamoDbHandler final : public Handler {
 public:
  DynamoDbHandler(const Router& router, const Origins& origins, HandOver large_bodies,
                  api::IntentObserver* intents)
      : router_(router), origins_(origins), large_bodies_(std::move(large_bodies)), intents_(intents) {}

  bool open_to_all_origins() const override { return true; }

  void run(const HttpRequest& request, ReplyTo reply) override {
    const auto type = json_type(request.content_type);
    if (!request.body.empty() && !type) return reply(not_found(request.method));
    JsonReplyTo answer{std::move(reply), type.value_or(kJson)};
    const auto coding = request_coding(request.content_encoding);
    if (!coding) return answer(error_reply(Error::internal({})));  // as AWS answers
    if (request.body.size() > limits::kInlineBodyBytesMax) {
      return hand_over(request, *coding, std::move(answer));
    }
    const auto body = parse_body(request.body, *coding, limits::kInlineBodyBytesMax, *request.json);
    if (!body.ok() && body.error().code == ErrorCode::kRequestTooLarge) {
      return hand_over(request, *coding, std::move(answer));
    }
    run_here(request, body, std::move(answer));
  }

 private:
  void run_here(const HttpRequest& request, const Result<json::Value>& body, JsonReplyTo reply) const {
    if (!body.ok()) return reply(error_reply(body.error()));
    const Admission admission = admit(request);
    if (const auto* refusal = std::get_if<ErrorReply>(&admission)) return reply(*refusal);
    const Admitted& admitted = std::get<Admitted>(admission);
    reply.operation = admitted.operation->number;
    if (!body->is_object()) return reply(no_structure());
    if (!request.connection->take_room(admitted.operation->reply_room)) return;
    admitted.operation->operation->run(
        {.request_id = request.request_id,
         .principal = admitted.principal,
         .source_address = request.source_address,
         .user_agent = request.user_agent,
         .endpoint = request.host,
         .body = *body,
         .sink = request.sink,
         .intents = intents_},
        [reply = std::move(reply)](Result<std::string> result) { reply(std::move(result)); });
  }

  void hand_over(const HttpRequest& request, ContentCoding coding, JsonReplyTo reply) const {
    Admission admission = admit(request);
    if (const auto* admitted = std::get_if<Admitted>(&admission)) {
      reply.operation = admitted->operation->number;
      if (!request.connection->take_room(admitted->operation->reply_room)) return;
    }
    const auto task =
        std::make_shared<HandedOver>(request, std::move(admission), coding, std::move(reply), intents_);
    if (!large_bodies_([task] { task->run(); })) task->refuse();
  }

  Admission admit(const HttpRequest& request) const {
    Admitted admitted;
    if (request.x_amz_target.empty()) return error_reply(Error(ErrorCode::kUnknownOperation, {}));
    const auto operation = router_.find_entry(request.x_amz_target);
    if (!operation.ok()) return error_reply(operation.error());
    admitted.operation = *operation;
    if (is_command(request) && !request.origin.empty() && !origins_.allows(request.origin, request.host)) {
      return forbidden_origin(request.origin);
    }

    auto principal = principal_of(request);
    if (auto* refusal = std::get_if<ErrorReply>(&principal)) return std::move(*refusal);
    admitted.principal = std::get<std::string_view>(principal);
    if (!json::is_utf8(admitted.principal) || !json::is_utf8(request.host)) {
      return invalid_signature("The key id and the Host header must be UTF-8.");
    }
    return admitted;
  }

  const Router& router_;
  const Origins& origins_;
  const HandOver large_bodies_;
  api::IntentObserver* const intents_;
};

}  // namespace

std::unique_ptr<Handler> make_dynamodb_handler(const Router& router, const Origins& origins,
                                               HandOver large_bodies, api::IntentObserver* intents) {
  return std::make_unique<DynamoDbHandler>(router, origins, std::move(large_bodies), intents);
}

Reply not_found(std::string_view method) {
  // A reply to HEAD has no body.
  return {404, {}, method == "HEAD" ? "" : "<UnknownOperationException/>\n", {}};
}

}  // namespace gyre::http
