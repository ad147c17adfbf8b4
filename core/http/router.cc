// SPDX-License-Identifier: Apache-2.0
#include "core/http/router.h"

#include <fmt/core.h>

#include "core/base/check.h"

namespace gyre::http {

void Router::add(std::string target, std::unique_ptr<Operation> operation, ReplyRoom reply_room) {
  CHECK(operation != nullptr);
  const auto number = static_cast<std::uint16_t>(operations_.size() + 1);
  CHECK(operations_.try_emplace(std::move(target), Entry{std::move(operation), reply_room, number}).second);
}

void Router::add_missing(std::string target) {
  const auto number = static_cast<std::uint16_t>(operations_.size() + 1);
  CHECK(operations_.try_emplace(std::move(target), Entry{nullptr, {}, number}).second);
}

Result<const Router::Entry*> Router::find_entry(std::string_view target) const {
  const auto found = operations_.find(target);
  if (found == operations_.end()) {
    return Error(ErrorCode::kUnknownOperation, fmt::format("Unknown operation: '{}'", target));
  }
  if (found->second.operation == nullptr) {
    return Error(ErrorCode::kUnknownOperation,
                 fmt::format("Gyre does not have this operation yet: '{}'", target));
  }
  return &found->second;
}

Result<Operation*> Router::find(std::string_view target) const {
  ASSIGN_OR_RETURN(const Entry* entry, find_entry(target));
  return entry->operation.get();
}

std::vector<std::string> Router::targets() const {
  std::vector<std::string> targets;
  for (const auto& [target, entry] : operations_) {
    if (entry.operation != nullptr) targets.push_back(target);
  }
  return targets;
}

std::vector<std::string> Router::names() const {
  constexpr std::string_view kVersion = "_20120810.";
  std::vector<std::string> names(operations_.size() + 1, "unknown");
  for (const auto& [target, entry] : operations_) {
    const std::size_t version = target.find(kVersion);
    names[entry.number] = version == std::string::npos ? target : target.substr(version + kVersion.size());
  }
  return names;
}

}  // namespace gyre::http
