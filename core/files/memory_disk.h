// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/files/folder.h"

namespace gyre::files {

/// A disk with one folder, in memory, for tests and the simulator: it loses in a crash what was not synced,
/// fails on demand, and can be full. Owned by the test, and outlives the files that it hands out. Any
/// thread.
///
/// A crash decides for each unit of kAtomBytes alone which of its states since the last sync the disk has:
/// the synced one, the newest, or any between. The same for each change of a name, and for each file's
/// length. No unit is ever half old and half new: that is what the formats above assume of a real disk.
class MemoryDisk final : public Folder {
 public:
  static constexpr std::size_t kAtomBytes = 512;

  explicit MemoryDisk(HomeTraits traits = {.prewritten_space = true, .reads_are_durable = false});
  ~MemoryDisk() override;

  // --- what a test does to it ---
  /// Power goes and comes back. Files that are open answer Errors from now on.
  void crash(Random& random);
  /// The process dies, the machine does not: everything written is there, and nothing is synced that was not.
  void kill();
  /// Power is gone, and nobody has noticed yet: what is synced from now on is lost with the next crash(), all
  /// of it.
  void doom();
  /// The sync after `syncs` more ones fails, once, and what it was to make durable never will be by a later
  /// one: the disk holds any part of it, as after crash().
  void fail_sync_after(std::uint64_t syncs);
  /// Writes that would make the files larger than this altogether fail.
  void set_capacity(std::uint64_t bytes);
  /// Changes one byte, durably, behind everybody's back: damage.
  void flip_byte(const std::string& name, std::uint64_t offset);
  /// What a file holds, and replacing that, durably.
  std::string contents(const std::string& name) const;
  void set_contents(const std::string& name, std::string bytes);
  std::uint64_t sync_count() const;

  // --- Folder ---
  HomeTraits traits() const override { return traits_; }
  Result<std::shared_ptr<File>> create(const std::string& name) override;
  Result<std::shared_ptr<File>> open(const std::string& name) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& name) override;
  Result<std::vector<std::string>> list() const override;
  Status sync() override;
  Result<std::uint64_t> free_bytes() const override;

 private:
  friend class MemoryFile;
  struct Inode;
  struct NameChange;

  // The mutex is held in all of these.
  std::uint64_t used_bytes() const;
  bool sync_fails();
  bool is_doomed() const { return doomed_; }
  Status write(Inode& inode, std::uint64_t offset, std::string_view bytes);
  Status resize(Inode& inode, std::uint64_t bytes);

  const HomeTraits traits_;
  mutable std::mutex mutex_;  // guards what follows, and all inodes
  std::map<std::string, std::shared_ptr<Inode>> names_;
  std::map<std::string, std::shared_ptr<Inode>> synced_names_;
  std::vector<NameChange> name_changes_;  // since the last sync
  bool doomed_ = false;
  std::uint64_t life_ = 1;  // files that were opened in another one are dead
  std::uint64_t syncs_ = 0;
  SeededRandom luck_{1};  // what a failed sync leaves
  std::optional<std::uint64_t> failing_sync_;
  std::optional<std::uint64_t> capacity_bytes_;
};

}  // namespace gyre::files
