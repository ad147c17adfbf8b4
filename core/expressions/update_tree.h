// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "core/expressions/selection.h"
#include "core/expressions/update_parser.h"

namespace gyre::expressions {

/// What an update does, without its values. Immutable once made.
struct UpdateTree {
  std::vector<UpdateAction> actions;
  Selection targets;  ///< of all actions
  std::string_view type_mismatch;
};

inline UpdateTree make_update_tree(std::vector<UpdateAction> actions, std::string_view type_mismatch) {
  UpdateTree tree{std::move(actions), {}, type_mismatch};
  for (const UpdateAction& action : tree.actions) tree.targets.add(action.target);
  return tree;
}

}  // namespace gyre::expressions
