// SPDX-License-Identifier: Apache-2.0
// What opening makes of the files that it finds.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/rows.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

namespace fs = std::filesystem;

TEST(RocksdbEngine, AForeignDirectoryIsLeftAlone) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() + "/letter.txt") << "dear";
  RocksdbOptions options;
  options.directory = directory.path();
  EXPECT_EQ(code_of(open_rocksdb(options)), ErrorCode::kValidation);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()), 1);
}

TEST(RocksdbEngine, ACheckpointIsAStore) {
  const TemporaryDirectory directory;
  const auto engine = open_disk(directory.path() + "/live");
  put(*engine, "a", "1");
  ASSERT_TRUE(engine->flush().ok());
  put(*engine, "a", "2");
  ASSERT_TRUE(engine->disk()->checkpoint(directory.path() + "/copy").ok());
  EXPECT_EQ(get(*open_disk(directory.path() + "/copy"), "a"), "1");
}

}  // namespace
}  // namespace gyre::storage
