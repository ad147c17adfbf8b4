// SPDX-License-Identifier: Apache-2.0
#include "core/api/intent.h"

#include <fmt/core.h>

#include <utility>

#include "core/api/arn.h"
#include "core/base/join.h"
#include "core/base/log.h"

namespace gyre::api {
namespace {

class LoggedIntents final : public IntentObserver {
 public:
  explicit LoggedIntents(RegionId region) : region_(std::move(region)) {}

  Status admit(const http::Request& request, const Intents& intents) override {
    for (const Intent& intent : intents) {
      log_debug("{} {}: {}", request.request_id, request.principal, describe(intent, region_));
    }
    return {};
  }

 private:
  const RegionId region_;
};

}  // namespace

std::string resource_arn(const Resource& resource, const RegionId& region) {
  switch (resource.kind) {
    case Resource::Kind::kTable:
      return table_arn(region, resource.table);
    case Resource::Kind::kIndex:
      return index_arn(region, resource.table, resource.part);
    case Resource::Kind::kStream:
      return stream_arn(region, resource.table, resource.part);
    case Resource::Kind::kGlobalTable:
      return fmt::format("arn:aws:dynamodb::{}:global-table/{}", kAccountId, resource.table);
    case Resource::Kind::kAny:
      break;
  }
  return "*";
}

std::string describe(const Intent& intent, const RegionId& region) {
  std::string text = fmt::format("{} on {}", intent.action, resource_arn(intent.resource, region));
  if (!intent.leading_keys.empty()) text += "; keys: " + join(intent.leading_keys, ", ");
  if (intent.attributes) text += "; attributes: " + join(*intent.attributes, ", ");
  return text;
}

std::unique_ptr<IntentObserver> make_logged_intents(RegionId region) {
  if (!log_enabled(LogLevel::kDebug)) return nullptr;
  return std::make_unique<LoggedIntents>(std::move(region));
}

}  // namespace gyre::api
