// SPDX-License-Identifier: Apache-2.0
#include "core/operations/transactions/client_token.h"

#include <fmt/core.h>

#include <map>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/json/json_copy.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kTokenParameter = "ClientRequestToken";

// The rows are told in this room's README.
constexpr storage::RowPrefix kTokens("token/");

storage::RoomRow used_row(std::string_view token) {
  return {kTokens, std::string("used/").append(token)};
}

storage::RoomRow queue_row(std::uint64_t entry) {
  std::string rest("queue/");
  append_u64_be(rest, entry);
  return {kTokens, rest};
}

storage::RoomRow queue_ends_row() {
  return {kTokens, "ends"};
}

/// Of all members but the token itself: equal for equal requests, in whatever order they name their members.
std::uint64_t fingerprint_of(const json::Value& request) {
  std::map<std::string_view, json::Value> members;
  for (json::MemberCursor cursor(request); !cursor.at_end(); cursor.advance()) {
    if (!cursor.value().is_null() && cursor.name() != kTokenParameter) {
      members.emplace(cursor.name(), cursor.value());
    }
  }
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  for (const auto& [name, member] : members) {
    writer.key(name);
    json::copy(writer, member, {.sort_members = true, .leave_out_null_members = true});
  }
  writer.end_object();
  return hash64(text);
}

/// When a token was used, for what, and what that met.
struct Use {
  std::uint64_t used_ms = 0;
  std::uint64_t fingerprint = 0;
  SeenUnits seen = {};
};

/// The tokens in use, oldest first, are the queue's entries [first, end).
struct QueueEnds {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

bool expired(std::uint64_t used_ms, std::uint64_t now_ms) {
  return now_ms >= used_ms + limits::kClientTokenLifeMs;
}

std::string two_numbers(std::uint64_t one, std::uint64_t two) {
  std::string out;
  append_u64_be(out, one);
  append_u64_be(out, two);
  return out;
}

Result<std::optional<Use>> find_use(storage::WriteTransaction& transaction, const storage::RoomRow& row) {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, transaction.rows().read(row));
  if (!value) return std::optional<Use>();
  ByteReader reader(*value);
  Use use;
  ASSIGN_OR_RETURN(use.used_ms, reader.u64_be());
  ASSIGN_OR_RETURN(use.fingerprint, reader.u64_be());
  const std::string_view seen = reader.rest();
  use.seen.assign(seen.begin(), seen.end());
  return std::optional(std::move(use));
}

Result<QueueEnds> read_ends(storage::WriteTransaction& transaction) {
  QueueEnds ends;
  ASSIGN_OR_RETURN(const std::optional<std::string> value, transaction.rows().read(queue_ends_row()));
  if (!value) return ends;
  ByteReader reader(*value);
  ASSIGN_OR_RETURN(ends.first, reader.u64_be());
  ASSIGN_OR_RETURN(ends.end, reader.u64_be());
  if (!reader.at_end() || ends.first > ends.end) {
    return Error::corruption("the queue of client tokens ends before it begins");
  }
  return ends;
}

/// Removes the oldest entry if it has expired; false if it has not.
Result<bool> remove_oldest(storage::WriteTransaction& transaction, std::uint64_t entry) {
  const storage::RoomRow row = queue_row(entry);
  ASSIGN_OR_RETURN(const std::optional<std::string> value, transaction.rows().read(row));
  if (!value) return Error::corruption("the queue of client tokens misses an entry");
  ByteReader reader(*value);
  ASSIGN_OR_RETURN(const std::uint64_t used_ms, reader.u64_be());
  if (!expired(used_ms, transaction.clock().now_ms())) return false;
  // The token may have come again since, after it had expired; then a later entry speaks for it.
  const storage::RoomRow used = used_row(reader.rest());
  ASSIGN_OR_RETURN(const std::optional<Use> use, find_use(transaction, used));
  if (use && use->used_ms == used_ms) transaction.rows().erase(used);
  transaction.rows().erase(row);
  return true;
}

}  // namespace

Result<std::optional<ClientToken>> read_client_token(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string(kTokenParameter));
  if (!text) return std::optional<ClientToken>();
  const auto refuse = [&](std::string_view constraint) {
    return member_error(kTokenParameter, constraint,
                        constraint_error(*text, request.path_of(kTokenParameter), constraint));
  };
  if (text->empty()) return refuse(kNotEmpty);
  if (text->size() > limits::kClientTokenCharactersMax) {
    return refuse(
        fmt::format("Member must have length less than or equal to {}", limits::kClientTokenCharactersMax));
  }
  return std::optional(ClientToken{std::string(*text), fingerprint_of(request.object())});
}

Result<std::optional<SeenUnits>> find_token_use(storage::WriteTransaction& transaction,
                                                const ClientToken& token) {
  ASSIGN_OR_RETURN(std::optional<Use> use, find_use(transaction, used_row(token.text)));
  if (!use || expired(use->used_ms, transaction.clock().now_ms())) return std::optional<SeenUnits>();
  if (use->fingerprint == token.fingerprint) return std::optional(std::move(use->seen));
  return Error(
      ErrorCode::kIdempotentMismatch,
      "DynamoDB rejected the request because you retried a request with a different payload but with "
      "an idempotent token that was already used.");
}

Status remember_token_use(storage::WriteTransaction& transaction, const ClientToken& token,
                          const SeenUnits& seen) {
  CHECK(!token.text.empty() && token.text.size() <= limits::kClientTokenCharactersMax);
  const std::uint64_t now_ms = transaction.clock().now_ms();
  ASSIGN_OR_RETURN(QueueEnds ends, read_ends(transaction));
  for (std::size_t i = 0; i < limits::kClientTokensRemovedAtOnce && ends.first < ends.end; ++i) {
    ASSIGN_OR_RETURN(const bool removed, remove_oldest(transaction, ends.first));
    if (!removed) break;
    ++ends.first;
  }
  CHECK(ends.first <= ends.end);
  std::string use = two_numbers(now_ms, token.fingerprint);
  use.append(seen.begin(), seen.end());
  transaction.rows().put(used_row(token.text), use);
  std::string entry;
  append_u64_be(entry, now_ms);
  transaction.rows().put(queue_row(ends.end++), entry + token.text);
  transaction.rows().put(queue_ends_row(), two_numbers(ends.first, ends.end));
  return {};
}

}  // namespace gyre::operations
