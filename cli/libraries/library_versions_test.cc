// SPDX-License-Identifier: Apache-2.0
#include "cli/libraries/library_versions.h"

#include <gmock/gmock.h>

#include <set>

namespace gyre::cli {
namespace {

TEST(LibraryVersions, EachIsNamedOnceWithAVersion) {
  std::set<std::string> names;
  for (const LibraryVersion& library : library_versions()) {
    EXPECT_TRUE(names.insert(library.name).second) << library.name;
    EXPECT_THAT(library.version, testing::MatchesRegex("[0-9]+[.][0-9]+.*")) << library.name;
  }
  EXPECT_THAT(names,
              testing::IsSupersetOf({"RocksDB", "ZeroMQ", "Cap'n Proto", "Boost", "OpenSSL", "simdjson"}));
}

}  // namespace
}  // namespace gyre::cli
