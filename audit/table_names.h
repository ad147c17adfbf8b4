// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "audit/history.h"

namespace gyre::audit {

/// The names that tables ever had, with the attributes of their keys, as the catalog's records say. A value.
class TableNames {
 public:
  /// Reads the catalog's shard.
  static Result<TableNames> read(const History& history);

  /// All tables that had this name, one after the other; or the one of "#17". kResourceNotFound: none is
  /// known.
  Result<std::set<TableId>> find(std::string_view name) const;
  /// "#17" if the name is not known.
  std::string name(TableId table) const;
  /// The partition key first; empty if they are not known.
  std::vector<std::string> key_names(TableId table) const;

 private:
  struct Known {
    std::string name;
    std::vector<std::string> key_names;
  };
  std::map<TableId, Known> tables_;
};

}  // namespace gyre::audit
