// SPDX-License-Identifier: Apache-2.0
#include "core/files/memory_disk.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace gyre::files {

/// One file's bytes: what is read, what the disk has, and all states in between.
struct MemoryDisk::Inode {
  std::string bytes;   ///< what reads see
  std::string synced;  ///< what a crash keeps for certain
  std::map<std::uint64_t, std::vector<std::string>>
      atoms;                           ///< by number: states since the last sync, oldest first
  std::vector<std::uint64_t> lengths;  ///< likewise

  // Takes down the state of the units that [offset, offset + size) touches.
  void remember(std::uint64_t offset, std::uint64_t size) {
    if (size == 0) return;
    for (std::uint64_t atom = offset / kAtomBytes; atom <= (offset + size - 1) / kAtomBytes; ++atom) {
      const std::uint64_t begin = atom * kAtomBytes;
      atoms[atom].push_back(begin < bytes.size() ? bytes.substr(begin, kAtomBytes) : std::string());
    }
  }

  void forget_unsynced() {
    atoms.clear();
    lengths.clear();
  }

  // Writes what changed since the last sync, and that alone: what a failed sync took for written stays as the
  // disk has it.
  void make_durable() {
    if (!lengths.empty()) synced.resize(lengths.back(), '\0');
    for (const auto& [atom, states] : atoms) put_atom(synced, atom, states.back());
    forget_unsynced();
  }

  static void put_atom(std::string& disk, std::uint64_t atom, std::string state) {
    const std::uint64_t begin = atom * kAtomBytes;
    if (begin >= disk.size()) return;
    state.resize(std::min<std::uint64_t>(kAtomBytes, disk.size() - begin), '\0');
    disk.replace(begin, state.size(), state);
  }

  // Any mixture of the states that the disk may have.
  std::string mixture(Random& random) const {
    std::string disk = synced;
    if (!lengths.empty()) {
      const std::uint64_t choice = random.below(lengths.size() + 1);
      if (choice > 0) disk.resize(lengths[choice - 1], '\0');
    }
    for (const auto& [atom, states] : atoms) {
      const std::uint64_t choice = random.below(states.size() + 1);
      if (choice > 0) put_atom(disk, atom, states[choice - 1]);
    }
    return disk;
  }
};

struct MemoryDisk::NameChange {
  enum class Kind { kCreate, kRename, kRemove };
  Kind kind;
  std::string name;
  std::string to{};
  std::shared_ptr<Inode> inode{};
};

class MemoryFile final : public File {
 public:
  // Shared with the names, which may let go of it first.
  MemoryFile(MemoryDisk& disk, std::shared_ptr<MemoryDisk::Inode> inode, std::uint64_t life)
      : disk_(disk), inode_(std::move(inode)), life_(life) {}

  Status write(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(disk_.mutex_);
    RETURN_IF_ERROR(alive());
    return disk_.write(*inode_, offset, bytes);
  }

  Status sync() override {
    const std::lock_guard lock(disk_.mutex_);
    RETURN_IF_ERROR(alive());
    if (disk_.sync_fails()) {
      // What the disk took of it is decided now; the next sync has nothing to write.
      inode_->synced = inode_->mixture(disk_.luck_);
      inode_->forget_unsynced();
      return Error::internal("cannot sync: the disk failed");
    }
    if (!disk_.is_doomed()) inode_->make_durable();
    return {};
  }

  Result<std::size_t> read(std::uint64_t offset, std::size_t bytes, char* into) const override {
    const std::lock_guard lock(disk_.mutex_);
    RETURN_IF_ERROR(alive());
    if (offset >= inode_->bytes.size()) return std::size_t{0};
    const std::size_t count = std::min(bytes, inode_->bytes.size() - static_cast<std::size_t>(offset));
    std::copy_n(inode_->bytes.data() + offset, count, into);
    return count;
  }

  void prefetch(std::uint64_t, std::uint64_t) const override {}

  Result<std::uint64_t> size() const override {
    const std::lock_guard lock(disk_.mutex_);
    RETURN_IF_ERROR(alive());
    return static_cast<std::uint64_t>(inode_->bytes.size());
  }

  Status truncate(std::uint64_t bytes) override {
    const std::lock_guard lock(disk_.mutex_);
    RETURN_IF_ERROR(alive());
    return disk_.resize(*inode_, bytes);
  }

  Result<std::uint64_t> link_count() const override {
    const std::lock_guard lock(disk_.mutex_);
    RETURN_IF_ERROR(alive());
    std::uint64_t count = 0;
    for (const auto& [name, inode] : disk_.names_) count += inode == inode_ ? 1 : 0;
    return count;
  }

 private:
  Status alive() const {
    return life_ == disk_.life_ ? Status() : Error::internal("the file was opened before the crash");
  }

  MemoryDisk& disk_;
  const std::shared_ptr<MemoryDisk::Inode> inode_;
  const std::uint64_t life_;
};

MemoryDisk::MemoryDisk(HomeTraits traits) : traits_(traits) {}
MemoryDisk::~MemoryDisk() = default;

void MemoryDisk::crash(Random& random) {
  const std::lock_guard lock(mutex_);
  ++life_;
  auto names = synced_names_;
  for (const NameChange& change : name_changes_) {
    if (doomed_ || random.below(2) == 0) continue;
    const auto found = names.find(change.name);
    if (change.kind == NameChange::Kind::kCreate) {
      names[change.name] = change.inode;
    } else if (found != names.end()) {
      const auto inode = found->second;
      names.erase(found);
      if (change.kind == NameChange::Kind::kRename) names[change.to] = inode;
    }
  }
  for (const auto& [name, inode] : names) {
    if (!doomed_) inode->synced = inode->mixture(random);
    inode->bytes = inode->synced;
    inode->forget_unsynced();
  }
  names_ = names;
  synced_names_ = std::move(names);
  name_changes_.clear();
  failing_sync_.reset();
  doomed_ = false;
}

void MemoryDisk::doom() {
  const std::lock_guard lock(mutex_);
  doomed_ = true;
}

void MemoryDisk::kill() {
  const std::lock_guard lock(mutex_);
  ++life_;
  failing_sync_.reset();
}

void MemoryDisk::fail_sync_after(std::uint64_t syncs) {
  const std::lock_guard lock(mutex_);
  failing_sync_ = syncs_ + syncs + 1;
}

void MemoryDisk::set_capacity(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_bytes_ = bytes;
}

void MemoryDisk::flip_byte(const std::string& name, std::uint64_t offset) {
  std::string bytes = contents(name);
  CHECK(offset < bytes.size());
  bytes[offset] = static_cast<char>(bytes[offset] ^ 0x40);
  set_contents(name, std::move(bytes));
}

std::string MemoryDisk::contents(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return names_.at(name)->bytes;
}

void MemoryDisk::set_contents(const std::string& name, std::string bytes) {
  const std::lock_guard lock(mutex_);
  Inode& inode = *names_.at(name);
  inode.bytes = bytes;
  inode.synced = std::move(bytes);
  inode.forget_unsynced();
}

std::uint64_t MemoryDisk::sync_count() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

Result<std::shared_ptr<File>> MemoryDisk::create(const std::string& name) {
  const std::lock_guard lock(mutex_);
  CHECK(!name.empty());
  const auto [at, added] = names_.try_emplace(name, nullptr);
  if (!added) return Error::internal("cannot create " + name + ": the name is taken");
  at->second = std::make_shared<Inode>();
  name_changes_.push_back({NameChange::Kind::kCreate, name, {}, at->second});
  return std::shared_ptr<File>(std::make_shared<MemoryFile>(*this, at->second, life_));
}

Result<std::shared_ptr<File>> MemoryDisk::open(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return Error::internal("cannot open " + name + ": there is none");
  return std::shared_ptr<File>(std::make_shared<MemoryFile>(*this, found->second, life_));
}

Status MemoryDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end()) return Error::internal("cannot rename " + from + ": there is none");
  const auto inode = found->second;
  names_.erase(found);
  names_[to] = inode;
  name_changes_.push_back({NameChange::Kind::kRename, from, to, inode});
  return {};
}

Status MemoryDisk::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (names_.erase(name) == 0) return Error::internal("cannot remove " + name + ": there is none");
  name_changes_.push_back({NameChange::Kind::kRemove, name});
  return {};
}

Result<std::vector<std::string>> MemoryDisk::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, inode] : names_) names.push_back(name);
  return names;
}

Status MemoryDisk::sync() {
  const std::lock_guard lock(mutex_);
  if (sync_fails()) return Error::internal("cannot sync the folder: the disk failed");
  if (doomed_) return {};
  synced_names_ = names_;
  name_changes_.clear();
  return {};
}

Result<std::uint64_t> MemoryDisk::free_bytes() const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t capacity = capacity_bytes_.value_or(UINT64_MAX);
  return capacity - std::min(capacity, used_bytes());
}

std::uint64_t MemoryDisk::used_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [name, inode] : names_) bytes += inode->bytes.size();
  return bytes;
}

bool MemoryDisk::sync_fails() {
  ++syncs_;
  luck_.next();
  if (failing_sync_ != syncs_) return false;
  failing_sync_.reset();
  return true;
}

Status MemoryDisk::write(Inode& inode, std::uint64_t offset, std::string_view bytes) {
  const std::uint64_t end = offset + bytes.size();
  if (end > inode.bytes.size()) RETURN_IF_ERROR(resize(inode, end));
  inode.bytes.replace(offset, bytes.size(), bytes);
  inode.remember(offset, bytes.size());
  return {};
}

Status MemoryDisk::resize(Inode& inode, std::uint64_t bytes) {
  const std::uint64_t before = inode.bytes.size();
  if (bytes > before && capacity_bytes_ && used_bytes() + (bytes - before) > *capacity_bytes_) {
    return Error(ErrorCode::kUnavailable, "the disk is full");
  }
  inode.bytes.resize(bytes, '\0');
  inode.lengths.push_back(bytes);
  // What was cut off does not come back when the file grows again.
  if (bytes < before) inode.remember(bytes, before - bytes);
  return {};
}

}  // namespace gyre::files
