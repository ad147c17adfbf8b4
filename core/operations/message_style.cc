// SPDX-License-Identifier: Apache-2.0
#include "core/operations/message_style.h"

#include <fmt/core.h>

#include <utility>
#include <vector>

#include "core/api/model.h"
#include "core/api/refused_members.h"
#include "core/operations/member_checks.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

using api::Sentences;

// A sentence in the current words for each member that one of `checks` refuses.
Sentences gather(std::span<const MemberCheck> checks, const RequestReader& request, const RegionId& region) {
  std::vector<Error> refused;
  for (const MemberCheck check : checks) check(request, region, refused);
  Sentences sentences;
  for (const Error& error : refused) {
    if (error.message.starts_with(kOneError)) sentences.push_back(error.message.substr(kOneError.size()));
  }
  return sentences;
}

/// What an operation's model refuses, in the older words.
class OlderWords {
 public:
  OlderWords(std::string_view operation, RegionId region)
      : input_(*api::find_operation(std::string(api::kDynamoDB).append(operation))->input),
        worded_(worded_members_of(operation)),
        region_(std::move(region)) {}

  Sentences refused(const RequestReader& request) const {
    return api::refused_members(input_, request, region_, worded_);
  }
  const RegionId& region() const { return region_; }

 private:
  const json::Shape& input_;
  std::vector<api::WordedMember> worded_;
  RegionId region_;
};

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
  Current(std::unique_ptr<http::Operation> operation, ToldAtOnce told, OlderWords older)
      : operation_(std::move(operation)), told_(told), older_(std::move(older)) {}

  void run(const http::Request& request, http::Responder respond) override {
    const Sentences refused = told_at_once(RequestReader(request.body));
    if (refused.empty()) return operation_->run(request, std::move(respond));
    respond(all_at_once(refused));
  }

 private:
  Sentences told_at_once(const RequestReader& request) const {
    if (!told_.required.empty() && !request.has(told_.required)) return older_.refused(request);
    Sentences refused = gather(told_.together, request, older_.region());
    if (refused.size() < 2 || !gather(told_.alone, request, older_.region()).empty()) return {};
    return refused;
  }

  std::unique_ptr<http::Operation> operation_;
  ToldAtOnce told_;
  OlderWords older_;
};

/// The older style.
class Aggregated final : public http::Operation {
 public:
  Aggregated(std::unique_ptr<http::Operation> operation, OlderWords older)
      : operation_(std::move(operation)), older_(std::move(older)) {}

  void run(const http::Request& request, http::Responder respond) override {
    const Sentences refused = older_.refused(RequestReader(request.body));
    if (!refused.empty()) return respond(all_at_once(refused));
    operation_->run(request, [respond = std::move(respond)](Result<std::string> reply) {
      respond(in_older_words(std::move(reply)));
    });
  }

 private:
  std::unique_ptr<http::Operation> operation_;
  OlderWords older_;
};

}  // namespace

std::unique_ptr<http::Operation> with_message_style(MessageStyle style, std::string_view name,
                                                    std::unique_ptr<http::Operation> operation,
                                                    const RegionId& region) {
  OlderWords older(name, region);
  if (style == MessageStyle::kAggregated) {
    return std::make_unique<Aggregated>(std::move(operation), std::move(older));
  }
  const ToldAtOnce told = told_at_once_by(name);
  if (told.together.empty() && told.required.empty()) return operation;
  return std::make_unique<Current>(std::move(operation), told, std::move(older));
}

}  // namespace gyre::operations
