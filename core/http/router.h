// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/operation.h"
#include "core/http/reply_room.h"

namespace gyre::http {

/// Finds the operation that an X-Amz-Target names: "DynamoDB_20120810.PutItem". Filled by main before the
/// server starts, constant afterwards.
class Router {
 public:
  struct Entry {
    std::unique_ptr<Operation> operation;  ///< nullptr: known, not built
    ReplyRoom reply_room;
    std::uint16_t number = 0;  ///< from 1 in the order in which they were added; 0 is no operation
  };

  /// `target` must be new. `reply_room` is what a reply may come to, if it may be large.
  void add(std::string target, std::unique_ptr<Operation> operation, ReplyRoom reply_room = {});
  /// Names an operation of the public API that is not built yet: it answers UnknownOperationException with
  /// its name.
  void add_missing(std::string target);

  /// kUnknownOperation, with a message that says whether the operation is unknown or not built yet.
  Result<Operation*> find(std::string_view target) const;
  Result<const Entry*> find_entry(std::string_view target) const;
  std::vector<std::string> targets() const;
  /// The operations' names by their numbers, as users know them: "PutItem", "Gyre.SetLink"; "unknown" for 0.
  std::vector<std::string> names() const;

 private:
  std::map<std::string, Entry, std::less<>> operations_;
};

}  // namespace gyre::http
