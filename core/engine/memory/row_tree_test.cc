// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory/row_tree.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/random.h"

namespace gyre::storage {
namespace {

using Model = std::map<std::string, std::string>;

std::string random_key(Random& random) {
  return std::to_string(random.below(2000));
}

std::uint64_t bytes_of(const Model& model) {
  std::uint64_t bytes = 0;
  for (const auto& [key, value] : model) bytes += key.size() + value.size();
  return bytes;
}

void expect_same(const RowTree& tree, const Model& model) {
  TreeCursor cursor(tree);
  cursor.seek("");
  for (const auto& [key, value] : model) {
    ASSERT_TRUE(cursor.valid());
    ASSERT_EQ(cursor.row().key(), key);
    ASSERT_EQ(cursor.row().value(), value);
    cursor.next();
  }
  ASSERT_FALSE(cursor.valid());
  cursor.seek_to_last();
  for (auto row = model.rbegin(); row != model.rend(); ++row, cursor.prev()) {
    ASSERT_TRUE(cursor.valid());
    ASSERT_EQ(cursor.row().key(), row->first);
  }
  ASSERT_FALSE(cursor.valid());
  ASSERT_EQ(tree.bytes(), bytes_of(model));
}

void expect_seeks(const RowTree& tree, const Model& model, const std::string& key) {
  const auto expect_at = [&](const TreeCursor& cursor, std::optional<std::string> wanted) {
    ASSERT_EQ(cursor.valid() ? std::optional(std::string(cursor.row().key())) : std::nullopt, wanted) << key;
  };
  const auto key_at = [&](Model::const_iterator at) {
    return at == model.end() ? std::nullopt : std::optional(at->first);
  };
  const auto key_before = [&](Model::const_iterator at) {
    return at == model.begin() ? std::nullopt : std::optional(std::prev(at)->first);
  };
  TreeCursor cursor(tree);
  cursor.seek(key);
  expect_at(cursor, key_at(model.lower_bound(key)));
  cursor.seek_before(key);
  expect_at(cursor, key_before(model.lower_bound(key)));
  cursor.seek_for_prev(key);
  expect_at(cursor, key_before(model.upper_bound(key)));
  const auto found = tree.find(key);
  ASSERT_EQ(found.has_value(), model.contains(key));
  if (found) {
    ASSERT_EQ(found->value(), model.at(key));
  }
  ASSERT_EQ(tree.bytes_before(key), bytes_of(Model(model.begin(), model.lower_bound(key))));
}

// One change, of a tree and of its model.
void change(Random& random, RowTree& tree, Model& model) {
  const std::string key = random_key(random);
  const std::uint64_t kind = random.below(100);
  if (kind < 60) {
    const std::string value(random.below(20), 'v');
    tree.put(StoredRow(key, value));
    model[key] = value;
  } else if (kind < 97) {
    tree.erase(key);
    model.erase(key);
  } else {
    const std::string end = kind == 99 && random.below(10) == 0 ? "" : random_key(random);
    const RowTree taken = tree.erase_range(key, end);
    const std::uint64_t before = bytes_of(model);
    if (end.empty() || key < end) {
      model.erase(model.lower_bound(key), end.empty() ? model.end() : model.lower_bound(end));
    }
    ASSERT_EQ(taken.bytes(), before - bytes_of(model));
  }
}

TEST(RowTree, IsAMapWhoseCopiesStayAsTheyWere) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SeededRandom random(seed);
    RowTree tree;
    Model model;
    std::vector<std::pair<RowTree, Model>> copies;
    for (int round = 0; round < 40; ++round) {
      for (int i = 0; i < 50; ++i) ASSERT_NO_FATAL_FAILURE(change(random, tree, model));
      ASSERT_NO_FATAL_FAILURE(expect_seeks(tree, model, random_key(random)));
      if (random.below(3) == 0) copies.emplace_back(tree, model);
      if (random.below(8) == 0) copies.erase(copies.begin(), copies.begin() + copies.size() / 2);
    }
    ASSERT_NO_FATAL_FAILURE(expect_same(tree, model));
    for (const auto& [copy, as_it_was] : copies) ASSERT_NO_FATAL_FAILURE(expect_same(copy, as_it_was));
  }
}

// A cursor has room for 64 levels, and ends the process beyond: rows in order are what makes trees deep.
TEST(RowTree, StaysShallowWhateverTheOrder) {
  RowTree tree;
  for (int i = 0; i < 20'000; ++i) tree.put(StoredRow(std::to_string(1'000'000 + i), ""));
  for (int i = 20'000; i > 0; --i) tree.put(StoredRow(std::to_string(500'000 + i), ""));
  EXPECT_LE(tree.levels(), 22U);  // 1.44 times the logarithm
  for (int i = 0; i < 19'000; ++i) tree.erase(std::to_string(1'000'000 + i));
  (void)tree.erase_range("500000", "519000");
  EXPECT_LE(tree.levels(), 16U);
}

TEST(RowTree, AChangeOfACopyTakesOnePath) {
  RowTree tree;
  for (int i = 0; i < 10'000; ++i) tree.put(StoredRow(std::to_string(i), "value"));
  for (const bool put : {true, false}) {
    RowTree copy = tree;
    put ? copy.put(StoredRow("5000", "other")) : copy.erase("5000");
    TreeDebris debris;
    debris.add(std::move(copy));
    debris.sweep(tree.levels() + 4);  // with what a rotation touches
    EXPECT_TRUE(debris.empty());
  }
  EXPECT_EQ(tree.find("5000")->value(), "value");
}

TEST(TreeDebris, IsFreedInParts) {
  RowTree tree;
  for (int i = 0; i < 1000; ++i) tree.put(StoredRow(std::to_string(i), "value"));
  TreeDebris debris;
  debris.add(std::move(tree));
  debris.sweep(500);
  EXPECT_FALSE(debris.empty());
  debris.sweep(500);
  EXPECT_TRUE(debris.empty());
}

TEST(TreeDebris, CopiesAreReadAndLeftWhileTheTreeChanges) {
  RowTree tree;
  for (int i = 0; i < 500; ++i) tree.put(StoredRow(std::to_string(1000 + i), "0"));
  TreeDebris debris;
  std::mutex mutex;
  RowTree published = tree;
  std::atomic<bool> done{false};
  const auto read = [&] {
    while (!done) {
      RowTree copy = [&] {
        const std::lock_guard lock(mutex);
        return published;
      }();
      TreeCursor cursor(copy);
      int rows = 0;
      std::string_view value;
      for (cursor.seek(""); cursor.valid(); cursor.next(), ++rows) {
        if (rows == 0) value = cursor.row().value();
        EXPECT_EQ(cursor.row().value(), value);  // all of one round
      }
      EXPECT_EQ(rows, 500);
      debris.add(std::move(copy));
      debris.sweep(64);
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (int round = 1; round <= 100; ++round) {
    for (int i = 0; i < 500; ++i) tree.put(StoredRow(std::to_string(1000 + i), std::to_string(round)));
    RowTree old = tree;
    {
      const std::lock_guard lock(mutex);
      std::swap(published, old);
    }
    debris.add(std::move(old));
    debris.sweep(64);
  }
  done = true;
  first.join();
  second.join();
}

}  // namespace
}  // namespace gyre::storage
