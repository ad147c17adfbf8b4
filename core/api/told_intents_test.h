// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/intent.h"

namespace gyre::api {

/// Remembers the intents that it is told, without what all ARNs of `region` begin with; refuses them if it is
/// to.
class ToldIntents final : public IntentObserver {
 public:
  explicit ToldIntents(RegionId region) : region_(std::move(region)) {}

  Status admit(const http::Request&, const Intents& intents) override {
    const std::string prefix = "arn:aws:dynamodb:" + std::string(region_.name()) + ":000000000000:";
    for (const Intent& intent : intents) {
      std::string text = describe(intent, region_);
      if (const auto at = text.find(prefix); at != std::string::npos) text.erase(at, prefix.size());
      told.push_back(std::move(text));
    }
    if (refuses) return Error(ErrorCode::kValidation, "refused");
    return {};
  }

  std::vector<std::string> told;
  bool refuses = false;

 private:
  RegionId region_;
};

}  // namespace gyre::api
