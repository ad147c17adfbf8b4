// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/engine/engine.h"
#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/results.h"

namespace gyre::storage {

inline std::unique_ptr<Engine> open_disk(const std::string& directory) {
  RocksdbOptions options;
  options.directory = directory;
  return ok(open_rocksdb(options));
}

inline void put(Engine& engine, const std::string& key, const std::string& value,
                Family family = Family::kItems) {
  Batch batch;
  batch.put(family, key, value);
  ASSERT_TRUE(engine.apply(batch).ok());
}

inline std::string get(const Engine& engine, const std::string& key, Family family = Family::kItems) {
  const auto value = ok(engine.get(family, key, ReadTier::kAll));
  return value ? std::string(value->view()) : "(none)";
}

}  // namespace gyre::storage
