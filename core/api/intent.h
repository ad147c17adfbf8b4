// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/http/operation.h"

// What a request is about to do, said before any of it is done. Authorization, audits and metrics go by it.
namespace gyre::api {

/// What an action works on, as policies name it.
struct Resource {
  enum class Kind { kAny, kTable, kIndex, kStream, kGlobalTable };

  Kind kind = Kind::kAny;
  std::string table{};
  std::string part{};  ///< the index's name, or the stream's label

  static Resource any() { return {}; }
  static Resource of_table(std::string_view table) { return {Kind::kTable, std::string(table), {}}; }
  static Resource of_index(std::string_view table, std::string_view index) {
    return {Kind::kIndex, std::string(table), std::string(index)};
  }
  static Resource of_stream(std::string_view table, std::string_view label) {
    return {Kind::kStream, std::string(table), std::string(label)};
  }
  /// Of 2017: of no region.
  static Resource of_global_table(std::string_view name) {
    return {Kind::kGlobalTable, std::string(name), {}};
  }
};

/// "*" for Kind::kAny.
std::string resource_arn(const Resource& resource, const RegionId& region);

/// One action on one resource. Names and meaning are IAM's (service authorization reference, "Amazon
/// DynamoDB"): a transaction's parts are the actions that they would be alone, a PartiQL statement is
/// PartiQLSelect and so on.
struct Intent {
  std::string_view action;  ///< "dynamodb:GetItem", "gyre:SetLink"
  Resource resource;
  /// The values of the partition keys that are named, as texts (B in base64), as `dynamodb:LeadingKeys` has
  /// them.
  std::vector<std::string> leading_keys{};
  /// The top-level attributes that are named, sorted, as `dynamodb:Attributes` has them; absent: all that
  /// there are.
  std::optional<std::vector<std::string>> attributes{};
};
using Intents = std::vector<Intent>;

/// "dynamodb:GetItem on arn:...; keys: a; attributes: name, pk"
std::string describe(const Intent& intent, const RegionId& region);

/// Sees the intents of every request that could be read, before it is executed. Outlives the server.
/// admit() is called on the request's thread, several at a time, and must not block.
class IntentObserver {
 public:
  virtual ~IntentObserver() = default;
  /// An error ends the request: nothing is done.
  virtual Status admit(const http::Request& request, const Intents& intents) = 0;
};

/// Writes them to the log, at debug level. nullptr if that level is not logged: intents are not even made.
std::unique_ptr<IntentObserver> make_logged_intents(RegionId region);

}  // namespace gyre::api
