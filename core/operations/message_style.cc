// SPDX-License-Identifier: Apache-2.0
#include "core/operations/message_style.h"

#include <fmt/core.h>

#include <optional>
#include <utility>
#include <vector>

#include "core/operations/member_checks.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

using Sentences = std::vector<std::string>;
using Words = const std::string& (*)(const Error& error);

const std::string& current_words(const Error& error) {
  return error.message;
}
const std::string& older_words(const Error& error) {
  return error.older_words();
}

// A sentence for each refused member; nothing at all where JSON types are wrong: that is said first, and by
// the operation.
std::optional<Sentences> gather(std::span<const MemberCheck> checks, const RequestReader& request,
                                const RegionId& region, Words words) {
  std::vector<Error> refused;
  for (const MemberCheck check : checks) check(request, region, refused);
  Sentences sentences;
  for (const Error& error : refused) {
    if (error.code == ErrorCode::kSerialization) return std::nullopt;
    const std::string& sentence = words(error);
    if (sentence.starts_with(kOneError)) sentences.push_back(sentence.substr(kOneError.size()));
  }
  return sentences;
}

Error all_at_once(const Sentences& sentences) {
  std::string message =
      fmt::format("{} validation error{} detected: ", sentences.size(), sentences.size() == 1 ? "" : "s");
  for (const std::string& sentence : sentences) {
    message.append(&sentence == &sentences.front() ? "" : "; ").append(sentence);
  }
  return Error::validation(std::move(message));
}

/// The current style, of an operation that tells several mistakes at once at times.
class Current final : public http::Operation {
 public:
  Current(std::unique_ptr<http::Operation> operation, MemberChecks checks, RegionId region)
      : operation_(std::move(operation)), checks_(checks), region_(std::move(region)) {}

  void run(const http::Request& request, http::Responder respond) override {
    const std::optional<Sentences> refused = told_at_once(RequestReader(request.body));
    if (!refused || refused->empty()) return operation_->run(request, std::move(respond));
    respond(all_at_once(*refused));
  }

 private:
  std::optional<Sentences> told_at_once(const RequestReader& request) const {
    if (!checks_.required.empty() && !request.has(checks_.required)) {
      return gather(checks_.all, request, region_, older_words);
    }
    std::optional<Sentences> refused = gather(checks_.together, request, region_, current_words);
    if (!refused || refused->size() < 2) return std::nullopt;
    const std::optional<Sentences> alone = gather(checks_.alone, request, region_, current_words);
    return alone && alone->empty() ? refused : std::nullopt;
  }

  std::unique_ptr<http::Operation> operation_;
  MemberChecks checks_;
  RegionId region_;
};

/// The older style.
class Aggregated final : public http::Operation {
 public:
  Aggregated(std::unique_ptr<http::Operation> operation, MemberChecks checks, RegionId region)
      : operation_(std::move(operation)), checks_(checks), region_(std::move(region)) {}

  void run(const http::Request& request, http::Responder respond) override {
    const std::optional<Sentences> refused =
        gather(checks_.all, RequestReader(request.body), region_, older_words);
    if (refused && !refused->empty()) return respond(all_at_once(*refused));
    operation_->run(request, [respond = std::move(respond)](Result<std::string> reply) {
      respond(in_older_words(std::move(reply)));
    });
  }

 private:
  std::unique_ptr<http::Operation> operation_;
  MemberChecks checks_;
  RegionId region_;
};

}  // namespace

std::unique_ptr<http::Operation> with_message_style(MessageStyle style, std::string_view name,
                                                    std::unique_ptr<http::Operation> operation,
                                                    const RegionId& region) {
  const MemberChecks checks = member_checks_of(name);
  if (style == MessageStyle::kAggregated) {
    return std::make_unique<Aggregated>(std::move(operation), checks, region);
  }
  if (checks.together.empty() && checks.required.empty()) return operation;
  return std::make_unique<Current>(std::move(operation), checks, region);
}

}  // namespace gyre::operations
