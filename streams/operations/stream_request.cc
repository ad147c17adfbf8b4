// SPDX-License-Identifier: Apache-2.0
#include "streams/operations/stream_request.h"

#include <fmt/core.h>

#include <memory>
#include <utility>

#include "core/json/typed_read.h"

namespace gyre::streams {
namespace {

std::string camel_case(std::string_view name) {
  std::string member(name);
  if (!member.empty() && member[0] >= 'A' && member[0] <= 'Z')
    member[0] = static_cast<char>(member[0] - 'A' + 'a');
  return member;
}

}  // namespace

Error constraint_error(std::string_view value, std::string_view member, std::string_view constraint) {
  return Error::validation(fmt::format(
      "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must {}", value,
      camel_case(member), constraint));
}

Result<std::optional<std::string>> optional_text(const json::Value& object, std::string_view name,
                                                 std::size_t length_min, std::size_t length_max) {
  const std::optional<json::Value> value = object.find(name);
  if (!value) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const std::string_view text, json::read_string(*value));
  if (text.size() < length_min) {
    return constraint_error(text, name, fmt::format("have length greater than or equal to {}", length_min));
  }
  if (text.size() > length_max) {
    return constraint_error(text, name, fmt::format("have length less than or equal to {}", length_max));
  }
  return std::optional<std::string>(text);
}

Result<std::string> required_text(const json::Value& object, std::string_view name, std::size_t length_min,
                                  std::size_t length_max) {
  ASSIGN_OR_RETURN(std::optional<std::string> text, optional_text(object, name, length_min, length_max));
  if (text) return std::move(*text);
  return Error::validation(fmt::format(
      "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null",
      camel_case(name)));
}

Result<std::size_t> read_limit(const json::Value& object, std::size_t limit_max) {
  const std::optional<json::Value> value = object.find("Limit");
  if (!value) return limit_max;
  ASSIGN_OR_RETURN(const std::int64_t limit, json::read_integer(*value, "Integer"));
  if (limit < 1)
    return constraint_error(std::to_string(limit), "Limit", "have value greater than or equal to 1");
  if (static_cast<std::uint64_t>(limit) > limit_max) {
    return constraint_error(std::to_string(limit), "Limit",
                            fmt::format("have value less than or equal to {}", limit_max));
  }
  return static_cast<std::size_t>(limit);
}

void answer_with(storage::Store& store, const http::Request& request, LogReading reading,
                 http::Responder respond) {
  Result<std::string> reply = reading(storage::ReadTier::kCache);
  if (reply.ok() || reply.error().code != ErrorCode::kIncomplete) return respond(std::move(reply));

  struct Pending {
    LogReading reading;
    http::Responder respond;
    Result<std::string> reply = std::string();
  };
  // Shared, since tasks and completions must be copyable; one of them has it at a time.
  auto pending = std::make_shared<Pending>(Pending{std::move(reading), std::move(respond)});
  CompletionSink* const sink = request.sink;
  const bool posted = store.read_pool().post([pending, sink] {
    pending->reply = pending->reading(storage::ReadTier::kAll);
    sink->deliver({[pending] { pending->respond(std::move(pending->reply)); }});
  });
  if (!posted)
    pending->respond(Error(ErrorCode::kThrottled, "Too many reads are waiting for the disk; try again"));
}

}  // namespace gyre::streams
