// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory/memory_engine.h"

#include <array>
#include <atomic>
#include <limits>
#include <mutex>

#include "core/base/check.h"
#include "core/engine/forwarding_engine.h"
#include "core/engine/memory/row_tree.h"

namespace gyre::storage {
namespace {

// Freed at a time: well under a millisecond, and more than any change leaves behind.
constexpr std::size_t kSweptNodes = 256;

// In bytes of rows: enough that trimming the log waits for no flush, since what was flushed last stays.
constexpr std::uint64_t kFlushBytes = 8 * 1024 * 1024;

/// All rows as they were after one commit. Never changed. What only it had is freed in small parts when it
/// goes.
class Version final : public Snapshot, public std::enable_shared_from_this<Version> {
 public:
  using Trees = std::array<RowTree, kFamilyCount>;

  Version(Trees trees, std::shared_ptr<TreeDebris> debris)
      : trees_(std::move(trees)), debris_(std::move(debris)) {}
  ~Version() override {
    for (RowTree& tree : trees_) debris_->add(std::move(tree));
    debris_->sweep(kSweptNodes);
  }
  Version(const Version&) = delete;
  Version& operator=(const Version&) = delete;

  const RowTree& rows(Family family) const { return trees_[index_of(family)]; }
  const Trees& trees() const { return trees_; }
  std::uint64_t memory_bytes() const {
    std::uint64_t bytes = 0;
    for (const RowTree& tree : trees_) bytes += tree.memory_bytes();
    return bytes;
  }

 private:
  Trees trees_;
  std::shared_ptr<TreeDebris> debris_;  // shared with all versions, of which readers hold some
};

using VersionPointer = std::shared_ptr<const Version>;  // shared with snapshots and iterators

std::optional<EngineValue> find(const RowTree& rows, std::string_view key) {
  const auto row = rows.find(key);
  if (!row) return std::nullopt;
  return EngineValue(row->holder(), row->value());
}

class MemoryIterator final : public Iterator {
 public:
  MemoryIterator(VersionPointer version, Family family, const IterateOptions& options)
      : version_(std::move(version)),
        cursor_(version_->rows(family)),
        lower_(options.lower),
        upper_(options.upper) {}

  void seek(std::string_view key) override {
    cursor_.seek(key < lower_ ? std::string_view(lower_) : key);
    end_beyond_upper();
  }
  void seek_for_prev(std::string_view key) override {
    if (!upper_.empty() && key >= upper_) return seek_to_last();
    cursor_.seek_for_prev(key);
    end_before_lower();
  }
  void seek_to_first() override { seek(lower_); }
  void seek_to_last() override {
    upper_.empty() ? cursor_.seek_to_last() : cursor_.seek_before(upper_);
    end_before_lower();
  }
  bool valid() const override { return cursor_.valid(); }
  void next() override {
    cursor_.next();
    end_beyond_upper();
  }
  void prev() override {
    cursor_.prev();
    end_before_lower();
  }
  std::string_view key() const override { return cursor_.row().key(); }
  std::string_view value() const override { return cursor_.row().value(); }
  Status status() const override { return {}; }

 private:
  void end_beyond_upper() {
    if (!upper_.empty() && cursor_.valid() && key() >= upper_) cursor_.invalidate();
  }
  void end_before_lower() {
    if (cursor_.valid() && key() < lower_) cursor_.invalidate();
  }

  VersionPointer version_;
  TreeCursor cursor_;
  const std::string lower_;
  const std::string upper_;
};

class MemoryEngineImpl final : public MemoryEngine, private Disk {
 public:
  explicit MemoryEngineImpl(const EngineLimits& limits)
      : current_(std::make_shared<Version>(Version::Trees(), debris_)), flushed_(current_), limits_(limits) {}

  Result<std::optional<EngineValue>> get(Family family, std::string_view key, ReadTier) const override {
    return find(current()->rows(family), key);
  }

  std::vector<Result<std::optional<EngineValue>>> multi_get(Family family,
                                                            const std::vector<std::string>& keys, ReadTier,
                                                            const Snapshot* snapshot) const override {
    const VersionPointer now = snapshot == nullptr ? current() : nullptr;
    const RowTree& rows = (now ? now.get() : static_cast<const Version*>(snapshot))->rows(family);
    std::vector<Result<std::optional<EngineValue>>> found;
    found.reserve(keys.size());
    for (const std::string& key : keys) found.push_back(find(rows, key));
    return found;
  }

  std::unique_ptr<Iterator> iterate(Family family, const IterateOptions& options) const override {
    return std::make_unique<MemoryIterator>(
        options.snapshot != nullptr ? static_cast<const Version*>(options.snapshot)->shared_from_this()
                                    : current(),
        family, options);
  }

  std::shared_ptr<const Snapshot> snapshot() const override { return current(); }

  Status apply(std::span<const RowChange> changes) override {
    bool fails;
    bool applied;
    {
      const std::lock_guard lock(mutex_);
      fails = std::exchange(next_fails_, false);
      applied = !fails || std::exchange(next_applied_, false);
    }
    if (applied) apply_all(changes);
    return fails ? Status(Error::internal("the test asked for it")) : Status();
  }

  bool flush_is_due() const override { return unflushed_bytes_ >= kFlushBytes; }
  Status begin_flush() override { return flush(); }
  Status flush() override {
    VersionPointer before;  // goes outside of the lock
    const std::lock_guard lock(mutex_);
    before = std::exchange(flushed_, current_);
    unflushed_bytes_ = 0;
    return {};
  }
  Result<std::optional<EngineValue>> flushed(Family family, std::string_view key) const override {
    VersionPointer version;
    {
      const std::lock_guard lock(mutex_);
      version = flushed_;
    }
    return find(version->rows(family), key);
  }

  Status checkpoint(const std::string&) const override {
    return Error::internal("an engine in memory makes no checkpoints");
  }
  std::uint64_t free_bytes() const override {
    const std::lock_guard lock(mutex_);
    if (free_bytes_) return *free_bytes_;
    const std::uint64_t used = current_->memory_bytes();
    return used < *capacity_bytes_ ? *capacity_bytes_ - used : 0;
  }
  std::uint64_t size_bytes(Family family) const override { return current()->rows(family).bytes(); }
  std::uint64_t range_bytes(Family family, std::string_view lower, std::string_view upper) const override {
    if (upper <= lower) return 0;
    const VersionPointer version = current();
    const RowTree& rows = version->rows(family);
    return rows.bytes_before(upper) - rows.bytes_before(lower);
  }
  EngineLimits limits() const override { return limits_; }
  const Disk* disk() const override {
    const std::lock_guard lock(mutex_);
    return free_bytes_ || capacity_bytes_ ? this : nullptr;
  }

  // Rows go when they are erased: only what the last flush knew, and what is not freed yet, is left.
  Status reclaim(Family, const std::vector<KeyRange>& dead) override {
    if (!dead.empty()) RETURN_IF_ERROR(flush());
    while (!stopping_ && !debris_->empty()) debris_->sweep(kSweptNodes);
    return {};
  }
  void stop_background() override { stopping_ = true; }

  std::unique_ptr<Engine> share() override;

  void crash() override {
    VersionPointer lost;  // goes outside of the lock
    const std::lock_guard lock(mutex_);
    lost = std::exchange(current_, flushed_);
    unflushed_bytes_ = 0;
  }

  void fail_next_apply(bool applied) override {
    const std::lock_guard lock(mutex_);
    next_fails_ = true;
    next_applied_ = applied;
  }

  void set_free_bytes(std::uint64_t bytes) override {
    const std::lock_guard lock(mutex_);
    free_bytes_ = bytes;
  }

  void set_capacity_bytes(std::uint64_t bytes) override {
    const std::lock_guard lock(mutex_);
    capacity_bytes_ = bytes;
  }

  bool swept() const override { return debris_->empty(); }

 private:
  VersionPointer current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  void apply_all(std::span<const RowChange> changes) {
    const std::lock_guard one_at_a_time(apply_mutex_);
    Version::Trees trees = current()->trees();
    for (const RowChange& change : changes) {
      RowTree& rows = trees[index_of(change.family)];
      unflushed_bytes_ += change.key.size() + change.value.size();
      switch (change.kind) {
        case ChangeOfRows::kPut:
          rows.put(StoredRow(change.key.joined(), change.value.joined()));
          break;
        case ChangeOfRows::kErase:
          rows.erase(change.key.joined());
          break;
        case ChangeOfRows::kEraseRange:
          debris_->add(rows.erase_range(change.key.joined(), change.value.joined()));
          break;
      }
    }
    publish(std::make_shared<Version>(std::move(trees), debris_));
    // A change replaces the nodes on the way to its row.
    debris_->sweep(kSweptNodes + 64 * changes.size());
  }

  // The version before goes outside of the lock.
  void publish(VersionPointer version) {
    const std::lock_guard lock(mutex_);
    current_.swap(version);
  }

  const std::shared_ptr<TreeDebris> debris_ = std::make_shared<TreeDebris>();
  std::mutex apply_mutex_;
  std::atomic<std::uint64_t> unflushed_bytes_ = 0;
  mutable std::mutex mutex_;  // held for a moment
  VersionPointer current_;
  VersionPointer flushed_;  // what a crash leaves
  bool next_fails_ = false;
  bool next_applied_ = false;
  std::optional<std::uint64_t> free_bytes_;
  std::optional<std::uint64_t> capacity_bytes_;
  std::atomic<bool> stopping_{false};
  const EngineLimits limits_;
};

std::unique_ptr<Engine> MemoryEngineImpl::share() {
  return std::make_unique<ForwardingEngine>(*this);
}

}  // namespace

std::unique_ptr<MemoryEngine> MemoryEngine::create(const EngineLimits& limits) {
  return std::make_unique<MemoryEngineImpl>(limits);
}

}  // namespace gyre::storage
