// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/shape.h"

// The API as data: all operations of DynamoDB, of its streams, and Gyre's own, and what their requests may
// hold. The tables are in core/api/model/, by kind of operation; each says where its facts come from.
namespace gyre::api {

struct Operation {
  std::string_view name;
  const json::Shape* input = nullptr;  ///< a structure
};

/// Operations whose X-Amz-Target begins with the same words.
struct Service {
  std::string_view target_prefix;  ///< "DynamoDB_20120810."
  std::vector<Operation> operations;
};

/// DynamoDB, DynamoDBStreams and Gyre.
std::span<const Service> services();
/// Both the public API of late 2026 and Gyre's own. nullptr if there is no such operation.
const Operation* find_operation(std::string_view target);

inline constexpr std::string_view kDynamoDB = "DynamoDB_20120810.";
inline constexpr std::string_view kDynamoDBStreams = "DynamoDBStreams_20120810.";
inline constexpr std::string_view kGyre = "Gyre.";

}  // namespace gyre::api
