// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/rocksdb_files.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <utility>

#include "core/base/log.h"
#include "core/engine/rocksdb/ballast.h"
#include "core/engine/rocksdb/page_cache_reads.h"

namespace gyre::storage {
namespace {

// In the order of kFamilies.
constexpr std::array<const char*, kFamilyCount> kFamilyNames = {"catalog", "items", "indexes", "tombstones",
                                                                "conflicts"};
// Of a store whose changes were not in a log of their own.
constexpr std::string_view kFamilyOfOldFormat = "changes";
constexpr double kBloomBitsPerKey = 10;
constexpr double kMemtableBloomShare = 0.02;
constexpr int kMemtablesAtOnce = 4;

// An error in the background ends the process, with the next apply(). RocksDB must not go on by itself until
// then: what it writes to recover from a full disk is family by family, not all of them as of one moment.
class NoRecovery final : public rocksdb::EventListener {
 public:
  const char* Name() const override { return "NoRecovery"; }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

// RocksDB's errors go where the program's do. A file of its own would be one more that grows; and RocksDB's
// assertions end the process when it cannot write that on a full disk.
class ErrorsToLog final : public rocksdb::Logger {
 public:
  ErrorsToLog() : Logger(rocksdb::InfoLogLevel::ERROR_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    std::array<char, 1024> line{};
    const int size = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (size > 0) log_warning("storage: rocksdb: {}", line.data());
  }
  void LogHeader(const char*, va_list) override {}  // a page of options at each start
};

rocksdb::Options database_options(const RocksdbOptions& options, rocksdb::Env* env) {
  rocksdb::Options database;
  if (env != nullptr) database.env = env;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  // All families as of one moment: what a crash leaves is the state after some batch.
  database.atomic_flush = true;
  database.avoid_flush_during_shutdown = true;  // the destructor decides
  database.paranoid_checks = true;
  database.listeners.push_back(std::make_shared<NoRecovery>());
  if (options.listener) database.listeners.push_back(options.listener);
  database.max_bgerror_resume_count = 0;  // of errors that the listener is not asked about
  database.max_open_files = options.max_open_files;
  database.max_background_jobs = 2;
  // There is one writer; readers never wait for it.
  database.allow_concurrent_memtable_write = false;
  database.enable_write_thread_adaptive_yield = false;
  // A start reads and writes as little as it can.
  database.skip_stats_update_on_db_open = true;
  database.skip_checking_sst_file_sizes_on_db_open = true;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.persist_stats_to_disk = false;
  database.info_log = std::make_shared<ErrorsToLog>();
  database.bytes_per_sync = 1024 * 1024;
  return database;
}

std::shared_ptr<rocksdb::TableFactory> table_factory(const std::shared_ptr<rocksdb::Cache>& blocks) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = blocks;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  // A point read finds its row in a block by hash.
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

rocksdb::ColumnFamilyOptions family_options(const RocksdbOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& blocks) {
  rocksdb::ColumnFamilyOptions made;
  made.table_factory = table_factory(blocks);
  made.write_buffer_size = kMemtablesPerFlush * options.memtable_bytes;
  made.max_write_buffer_number = kMemtablesAtOnce;
  // Also what is young and soon rewritten: to write fewer bytes saves more time than compressing them takes.
  made.compression = rocksdb::kLZ4Compression;
  // Before a write its row is looked up; most are not in the memtable.
  made.memtable_prefix_bloom_size_ratio = kMemtableBloomShare / kMemtablesPerFlush;
  made.memtable_whole_key_filtering = true;
  return made;
}

std::vector<rocksdb::ColumnFamilyDescriptor> described_families(const RocksdbOptions& options) {
  const std::shared_ptr<rocksdb::Cache> blocks = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : kFamilyNames) families.emplace_back(name, family_options(options, blocks));
  return families;
}

// Nothing, an empty folder or a store: else the folder is somebody else's.
Status check_directory(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(directory, error) && !fs::is_directory(directory, error)) {
    return Error::validation(directory + " is not a directory");
  }
  fs::create_directories(directory, error);
  if (error) return Error::validation("cannot create " + directory + ": " + error.message());
  if (fs::exists(fs::path(directory) / "CURRENT", error)) return {};
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    // What an interrupted first start leaves behind, or one that goes on just now.
    if (name == StoreLock::kFileName || name.starts_with("LOG") || name == "LOCK" || name == "IDENTITY" ||
        name == "CURRENT" || name.starts_with("MANIFEST-") || name.ends_with(".dbtmp") ||
        name.ends_with(".log") || name == RocksdbOptions::kNeighbour) {
      continue;
    }
    return Error::validation(directory + " holds other files (" + name + ") and no store");
  }
  if (error) return Error::validation("cannot read " + directory + ": " + error.message());
  return {};
}

Error open_error(const std::string& directory, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsCorruption()) return Error::corruption("the store in " + directory + " is damaged: " + text);
  return Error::validation("cannot open the store in " + directory + ": " + text);
}

Status check_format(const std::string& directory, const rocksdb::Options& database) {
  std::vector<std::string> families;
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(database, directory, &families);
  if (!listed.ok()) return open_error(directory, listed);
  if (std::find(families.begin(), families.end(), kFamilyOfOldFormat) == families.end()) return {};
  return Error::validation("the store in " + directory +
                           " has an older format, which this version of Gyre does not read");
}

using Handles = std::vector<rocksdb::ColumnFamilyHandle*>;

rocksdb::Status open(const rocksdb::Options& database, const RocksdbOptions& options, bool low_on_space,
                     std::unique_ptr<rocksdb::DB>& db, Handles& handles) {
  // RocksDB insists on a family `default`, which stays empty.
  std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions()}};
  for (rocksdb::ColumnFamilyDescriptor& family : described_families(options)) {
    family.options.disable_auto_compactions = low_on_space;
    families.push_back(std::move(family));
  }
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(database, options.directory, families, &handles, &opened);
  if (!status.ok()) return status;
  db.reset(opened);
  status = db->DestroyColumnFamilyHandle(handles.front());
  handles.erase(handles.begin());
  return status;
}

// Makes all families in one go, with half the syncs of letting open() add the missing ones.
rocksdb::Status create(const rocksdb::Options& database, const RocksdbOptions& options,
                       std::unique_ptr<rocksdb::DB>& db, Handles& handles) {
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(database, options.directory, &opened);
  if (!status.ok()) return status;
  db.reset(opened);
  return db->CreateColumnFamilies(described_families(options), &handles);
}

}  // namespace

std::uint64_t free_bytes_of(const std::string& directory) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(directory, error);
  return error ? 0 : space.available;
}

Result<OpenFiles> open_files(const RocksdbOptions& options) {
  RETURN_IF_ERROR(check_directory(options.directory));
  ASSIGN_OR_RETURN(StoreLock lock, StoreLock::take(options.directory));
  std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(options.file_system ? without_page_cache_reads(options.file_system)
                                                   : with_page_cache_reads(options.table_read));

  rocksdb::Options database = database_options(options, env.get());
  const std::uint64_t free = options.free_bytes ? options.free_bytes() : free_bytes_of(options.directory);
  const bool low_on_space = Ballast(options.directory, options.ballast_bytes).release_if_low(free);
  if (low_on_space) {
    database.allow_fallocate = false;  // no space is taken for what comes later
  }
  const bool is_new = !std::filesystem::exists(std::filesystem::path(options.directory) / "CURRENT");
  if (!is_new) RETURN_IF_ERROR(check_format(options.directory, database));
  Handles handles;
  std::unique_ptr<rocksdb::DB> db;
  const rocksdb::Status status =
      is_new ? create(database, options, db, handles) : open(database, options, low_on_space, db, handles);
  if (!status.ok()) return open_error(options.directory, status);
  return OpenFiles{std::move(lock), std::move(env), std::move(db), std::move(handles), low_on_space};
}

}  // namespace gyre::storage
