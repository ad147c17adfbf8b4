// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace gyre::expressions {
namespace {

/// What AWS says of two paths, by their first difference.
std::string relation(const DocumentPath& a, const DocumentPath& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i].kind != b[i].kind) return "conflict";
    if (a[i] != b[i]) return "";
  }
  return "overlap";
}

/// Pair by pair, in the order of the paths; any overlap before any conflict.
std::string reference(const std::vector<DocumentPath>& paths) {
  for (const std::string wanted : {"overlap", "conflict"}) {
    for (std::size_t later = 0; later < paths.size(); ++later) {
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if (relation(paths[earlier], paths[later]) == wanted) {
          return "Invalid P: Two document paths " + wanted +
                 " with each other; must remove or rewrite one of these paths; path one: " +
                 path_text(paths[earlier]) + ", path two: " + path_text(paths[later]);
        }
      }
    }
  }
  return "";
}

TEST(Paths, AreDistinctAsPairByPair) {
  std::mt19937 random(20'261'129);
  std::size_t distinct = 0;
  std::size_t conflicts = 0;
  constexpr std::size_t kRounds = 4000;
  for (std::size_t round = 0; round < kRounds; ++round) {
    std::vector<DocumentPath> paths(2 + random() % 5);
    for (DocumentPath& path : paths) {
      path.push_back({PathStep::Kind::kName, std::string(1, static_cast<char>('a' + random() % 4)), 0});
      for (auto more = random() % 4; more > 0; --more) {
        if (random() % 3 == 0) {
          path.push_back({PathStep::Kind::kIndex, "", random() % 3});
        } else {
          path.push_back({PathStep::Kind::kName, std::string(1, static_cast<char>('a' + random() % 3)), 0});
        }
      }
    }
    std::vector<const DocumentPath*> pointers;
    for (const DocumentPath& path : paths) pointers.push_back(&path);
    const Status checked = check_paths_distinct("P", pointers);
    const std::string message = checked.ok() ? "" : checked.error().message;
    ASSERT_EQ(message, reference(paths)) << "round " << round;
    distinct += checked.ok() ? 1 : 0;
    conflicts += message.find("conflict") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(distinct, kRounds / 10);
  EXPECT_GT(conflicts, kRounds / 20);
}

}  // namespace
}  // namespace gyre::expressions
