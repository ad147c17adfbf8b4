// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/objects/object_store.h"

namespace gyre::objects {

inline std::string random_bytes(std::uint64_t seed, std::size_t size) {
  SeededRandom random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.next());
  return bytes;
}

/// All keys below `prefix`, page by page.
inline std::vector<std::string> all_keys(ObjectStore& store, const std::string& prefix) {
  std::vector<std::string> keys;
  std::string after;
  while (true) {
    const ObjectPage page = store.list(prefix, after).value();
    EXPECT_LE(page.objects.size(), kObjectsPerPageMax);
    for (const ObjectInfo& object : page.objects) keys.push_back(object.key);
    if (!page.next) return keys;
    EXPECT_GT(*page.next, after);
    after = *page.next;
  }
}

/// What every home of objects does. `store` is empty at first, and at the end.
inline void check_contract(ObjectStore& store, std::size_t large_bytes) {
  const std::string bytes = random_bytes(1, 1000);
  // Reading.
  EXPECT_EQ(store.get("a/b", 0, 10).error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(store.head("a/b").error().code, ErrorCode::kResourceNotFound);
  const Status put = store.put("a/b", bytes);
  ASSERT_TRUE(put.ok()) << put.error().message;
  EXPECT_EQ(store.get("a/b", 0, 2000).value(), bytes);
  EXPECT_EQ(store.get("a/b", 10, 20).value(), bytes.substr(10, 20));
  EXPECT_EQ(store.get("a/b", 990, 20).value(), bytes.substr(990));
  EXPECT_EQ(store.get("a/b", 1000, 20).value(), "");
  EXPECT_EQ(store.get("a/b", 5000, 20).value(), "");
  EXPECT_EQ(store.get("a/b", 5, 0).value(), "");
  EXPECT_EQ(store.head("a/b").value(), (ObjectInfo{"a/b", 1000}));
  EXPECT_EQ(get_whole(store, "a/b", 1000).value(), bytes);
  EXPECT_EQ(get_whole(store, "a/b", 999).error().code, ErrorCode::kCorruption);
  // Replacing, and not.
  ASSERT_TRUE(store.put("a/b", "other").ok());
  EXPECT_EQ(store.get("a/b", 0, 2000).value(), "other");
  EXPECT_EQ(store.create("a/b", "third").value(), Created::kExistsAlready);
  EXPECT_EQ(store.get("a/b", 0, 2000).value(), "other");
  EXPECT_EQ(store.create("a/c", "third").value(), Created::kCreated);
  EXPECT_EQ(store.get("a/c", 0, 2000).value(), "third");
  ASSERT_TRUE(store.put("empty", "").ok());
  EXPECT_EQ(store.head("empty").value().bytes, 0);
  // Large ones.
  const std::string large = random_bytes(2, large_bytes);
  const auto add_all = [&](Upload& upload) {
    for (std::size_t at = 0; at < large.size(); at += 999'983) {
      ASSERT_TRUE(upload.add(std::string_view(large).substr(at, 999'983)).ok());
    }
  };
  {
    const auto upload = store.upload("large").value();
    add_all(*upload);
    EXPECT_EQ(store.head("large").error().code, ErrorCode::kResourceNotFound);
    EXPECT_EQ(upload->finish().value(), Created::kCreated);
  }
  {
    const auto upload = store.upload("large").value();
    ASSERT_TRUE(upload->add("another").ok());
    EXPECT_EQ(upload->finish().value(), Created::kExistsAlready);
  }
  {
    const auto left = store.upload("left").value();
    add_all(*left);
  }
  EXPECT_EQ(store.head("left").error().code, ErrorCode::kResourceNotFound);
  ASSERT_EQ(store.head("large").value().bytes, large.size());
  std::string read;
  while (read.size() < large.size()) {
    const std::string piece = store.get("large", read.size(), 4 * 1024 * 1024).value();
    ASSERT_FALSE(piece.empty());
    read += piece;
  }
  EXPECT_TRUE(read == large);
  // Listing.
  for (const char* key : {"a/d/e", "a/d/f", "b0"}) ASSERT_TRUE(store.put(key, "1").ok());
  EXPECT_EQ(all_keys(store, ""),
            (std::vector<std::string>{"a/b", "a/c", "a/d/e", "a/d/f", "b0", "empty", "large"}));
  EXPECT_EQ(all_keys(store, "a/"), (std::vector<std::string>{"a/b", "a/c", "a/d/e", "a/d/f"}));
  EXPECT_EQ(all_keys(store, "a/d"), (std::vector<std::string>{"a/d/e", "a/d/f"}));
  EXPECT_EQ(all_keys(store, "none/"), std::vector<std::string>());
  const ObjectPage rest = store.list("a", "a/c").value();
  ASSERT_EQ(rest.objects.size(), 2);
  EXPECT_EQ(rest.objects[0], (ObjectInfo{"a/d/e", 1}));
  // Keys that are none.
  for (const char* key : {"", "/a", "a/", "a//b", "a/../b", ".a", "a b", "a\n", "\xc3\xa9"}) {
    EXPECT_EQ(store.put(key, "1").error().code, ErrorCode::kValidation) << key;
    EXPECT_EQ(store.get(key, 0, 1).error().code, ErrorCode::kValidation) << key;
    EXPECT_EQ(store.upload(key).error().code, ErrorCode::kValidation) << key;
  }
  // Removing.
  EXPECT_TRUE(store.remove("a/nothing").ok());
  EXPECT_TRUE(store.remove("nothing/at/all").ok());
  for (const std::string& key : all_keys(store, "")) EXPECT_TRUE(store.remove(key).ok()) << key;
  EXPECT_EQ(all_keys(store, ""), std::vector<std::string>());
}

/// Keys come in the order of their bytes, whatever the folders are. (s3rver has another order.)
inline void check_order(ObjectStore& store) {
  for (const char* key : {"a/d/e", "a0", "a-b", "a.c", "a/d=f"}) ASSERT_TRUE(store.put(key, "1").ok());
  EXPECT_EQ(all_keys(store, ""), (std::vector<std::string>{"a-b", "a.c", "a/d/e", "a/d=f", "a0"}));
  const ObjectPage rest = store.list("a", "a.c").value();
  EXPECT_EQ(rest.objects.size(), 3);
  for (const std::string& key : all_keys(store, "")) ASSERT_TRUE(store.remove(key).ok());
}

/// More keys than a page takes.
inline std::vector<std::string> many_keys() {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kObjectsPerPageMax + 50; ++i) {
    const std::string number = std::to_string(10'000 + i);
    keys.push_back(i % 3 == 0 ? "many/" + number + "/x" : "many/" + number);
  }
  return keys;
}

/// `store` has objects of many_keys().
inline void check_pages(ObjectStore& store) {
  EXPECT_EQ(store.list("many/", "").value().objects.size(), kObjectsPerPageMax);
  EXPECT_EQ(all_keys(store, "many/"), many_keys());
}

}  // namespace gyre::objects
