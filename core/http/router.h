// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/operation.h"

namespace gyre::http {

/// Finds the operation that an X-Amz-Target names: "DynamoDB_20120810.PutItem". Filled by main before the
/// server starts, constant afterwards.
class Router {
 public:
  /// `target` must be new.
  void add(std::string target, std::unique_ptr<Operation> operation);
  /// Names an operation of the public API that is not built yet: it answers UnknownOperationException with
  /// its name.
  void add_missing(std::string target);

  /// kUnknownOperation, with a message that says whether the operation is unknown or not built yet.
  Result<Operation*> find(std::string_view target) const;
  std::vector<std::string> targets() const;

 private:
  std::map<std::string, std::unique_ptr<Operation>, std::less<>> operations_;  // nullptr: known, not built
};

}  // namespace gyre::http
