// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory/memory_engine.h"

#include <array>
#include <limits>
#include <map>
#include <mutex>

#include "core/base/check.h"
#include "core/engine/forwarding_engine.h"

namespace gyre::storage {
namespace {

using Value = std::shared_ptr<const std::string>;  // shared by versions of a family, and with readers
using Rows = std::map<std::string, Value, std::less<>>;
using RowsPointer =
    std::shared_ptr<Rows>;  // shared with snapshots and iterators; copied before it is changed under them
using Families = std::array<RowsPointer, kFamilyCount>;

std::size_t index_of(Family family) {
  return static_cast<std::size_t>(family);
}

// Whoever reads rows lets go of them under the engine's mutex, as it took hold of them: the engine looks at
// how many do before it writes in place.
class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(std::mutex& mutex, Families families) : mutex_(mutex), families_(std::move(families)) {}
  ~MemorySnapshot() override {
    const std::lock_guard lock(mutex_);
    families_ = {};
  }
  MemorySnapshot(const MemorySnapshot&) = delete;
  MemorySnapshot& operator=(const MemorySnapshot&) = delete;
  const RowsPointer& rows(Family family) const { return families_[index_of(family)]; }

 private:
  std::mutex& mutex_;
  Families families_;
};

class MemoryIterator final : public Iterator {
 public:
  MemoryIterator(std::mutex& mutex, RowsPointer rows, const IterateOptions& options)
      : mutex_(mutex), rows_(std::move(rows)) {
    first_ = rows_->lower_bound(options.lower);
    end_ = options.upper.empty() ? rows_->end() : rows_->lower_bound(options.upper);
    if (!options.upper.empty() && options.upper <= options.lower) end_ = first_;
    at_ = end_;
  }

  ~MemoryIterator() override {
    const std::lock_guard lock(mutex_);
    rows_.reset();
  }
  MemoryIterator(const MemoryIterator&) = delete;
  MemoryIterator& operator=(const MemoryIterator&) = delete;

  void seek(std::string_view key) override { at_ = clamp(rows_->lower_bound(key)); }
  void seek_for_prev(std::string_view key) override { step_back_from(clamp(rows_->upper_bound(key))); }
  void seek_to_first() override { at_ = first_; }
  void seek_to_last() override { step_back_from(end_); }
  bool valid() const override { return at_ != end_; }
  void next() override { CHECK(valid()), ++at_; }
  void prev() override { CHECK(valid()), step_back_from(at_); }
  std::string_view key() const override { return CHECK(valid()), at_->first; }
  std::string_view value() const override { return CHECK(valid()), *at_->second; }
  Status status() const override { return {}; }

 private:
  Rows::const_iterator clamp(Rows::const_iterator at) const {
    if (first_ == end_ || at == end_) return end_;
    if (at == rows_->end() || (end_ != rows_->end() && at->first >= end_->first)) return end_;
    return at->first < first_->first ? first_ : at;
  }
  void step_back_from(Rows::const_iterator at) { at_ = at == first_ ? end_ : std::prev(at); }

  std::mutex& mutex_;
  RowsPointer rows_;
  Rows::const_iterator first_, end_, at_;
};

class MemoryEngineImpl final : public MemoryEngine, private Disk {
 public:
  explicit MemoryEngineImpl(const EngineLimits& limits) : limits_(limits) {
    for (RowsPointer& rows : families_) rows = std::make_shared<Rows>();
  }

  Result<std::optional<EngineValue>> get(Family family, std::string_view key, ReadTier) const override {
    const std::lock_guard lock(mutex_);
    return find(*families_[index_of(family)], key);
  }

  std::vector<Result<std::optional<EngineValue>>> multi_get(Family family,
                                                            const std::vector<std::string>& keys, ReadTier,
                                                            const Snapshot* snapshot) const override {
    const std::lock_guard lock(mutex_);
    const Rows& rows = snapshot != nullptr ? *static_cast<const MemorySnapshot*>(snapshot)->rows(family)
                                           : *families_[index_of(family)];
    std::vector<Result<std::optional<EngineValue>>> found;
    found.reserve(keys.size());
    for (const std::string& key : keys) found.push_back(find(rows, key));
    return found;
  }

  std::unique_ptr<Iterator> iterate(Family family, const IterateOptions& options) const override {
    const std::lock_guard lock(mutex_);
    const auto* snapshot = static_cast<const MemorySnapshot*>(options.snapshot);
    return std::make_unique<MemoryIterator>(
        mutex_, snapshot ? snapshot->rows(family) : families_[index_of(family)], options);
  }

  std::shared_ptr<const Snapshot> snapshot() const override {
    const std::lock_guard lock(mutex_);
    return std::make_shared<MemorySnapshot>(mutex_, families_);
  }

  void commit(const Batch& batch, Durability durability, CommitCallback answer) override {
    CommitOutcome outcome;
    {
      const std::lock_guard lock(mutex_);
      outcome = std::exchange(next_outcome_, CommitOutcome::kCommitted);
      const bool applied = outcome == CommitOutcome::kCommitted || std::exchange(next_applied_, false);
      if (applied) apply(batch, durability);
    }
    answer(outcome, outcome == CommitOutcome::kCommitted ? "" : "the test asked for it");
  }

  Status checkpoint(const std::string&) const override {
    return Error::internal("an engine in memory makes no checkpoints");
  }
  std::uint64_t free_bytes() const override {
    const std::lock_guard lock(mutex_);
    return free_bytes_.value();
  }
  std::uint64_t size_bytes(Family family) const override {
    const std::lock_guard lock(mutex_);
    std::uint64_t size = 0;
    for (const auto& [key, value] : *families_[index_of(family)]) size += key.size() + value->size();
    return size;
  }
  std::uint64_t range_bytes(Family family, std::string_view lower, std::string_view upper) const override {
    const std::lock_guard lock(mutex_);
    const auto& rows = *families_[index_of(family)];
    std::uint64_t size = 0;
    for (auto row = rows.lower_bound(lower); row != rows.end() && row->first < upper; ++row) {
      size += row->first.size() + row->second->size();
    }
    return size;
  }
  EngineLimits limits() const override { return limits_; }
  const Disk* disk() const override {
    const std::lock_guard lock(mutex_);
    return free_bytes_ ? this : nullptr;
  }

  std::unique_ptr<Engine> share() override;

  void sync() override {
    const std::lock_guard lock(mutex_);
    undo_.clear();
  }

  void crash() override {
    const std::lock_guard lock(mutex_);
    for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
      Rows& rows = writable(undo->family);
      undo->before ? void(rows[undo->key] = undo->before) : void(rows.erase(undo->key));
    }
    undo_.clear();
  }

  void fail_next_commit(CommitOutcome outcome, bool applied) override {
    const std::lock_guard lock(mutex_);
    next_outcome_ = outcome;
    next_applied_ = applied;
  }

  void set_free_bytes(std::uint64_t bytes) override {
    const std::lock_guard lock(mutex_);
    free_bytes_ = bytes;
  }

 private:
  // What a row held before an unsynced change; nullptr = nothing.
  struct Undo {
    Family family;
    std::string key;
    Value before;
  };

  static std::optional<EngineValue> find(const Rows& rows, std::string_view key) {
    const auto found = rows.find(key);
    if (found == rows.end()) return std::nullopt;
    return EngineValue(found->second, *found->second);
  }

  Rows& writable(Family family) {
    RowsPointer& rows = families_[index_of(family)];
    if (rows.use_count() > 1) rows = std::make_shared<Rows>(*rows);
    return *rows;
  }

  void remember(Family family, const std::string& key, const Value& before) {
    if (remembering_) undo_.push_back({family, key, before});
  }

  void apply(const Batch& batch, Durability durability) {
    remembering_ = durability == Durability::kAsync;
    if (durability == Durability::kSync) undo_.clear();
    for (const Batch::Change& change : batch.changes()) {
      Rows& rows = writable(change.family);
      if (change.kind == Batch::Change::Kind::kEraseRange) {
        auto at = rows.lower_bound(change.key);
        while (at != rows.end() && (change.value.empty() || at->first < change.value)) {
          remember(change.family, at->first, at->second);
          at = rows.erase(at);
        }
        continue;
      }
      const auto found = rows.find(change.key);
      remember(change.family, change.key, found == rows.end() ? nullptr : found->second);
      if (change.kind == Batch::Change::Kind::kPut) {
        rows[change.key] = std::make_shared<const std::string>(change.value);
      } else if (found != rows.end()) {
        rows.erase(found);
      }
    }
  }

  mutable std::mutex mutex_;
  Families families_;
  std::vector<Undo> undo_;
  bool remembering_ = false;
  CommitOutcome next_outcome_ = CommitOutcome::kCommitted;
  bool next_applied_ = false;
  std::optional<std::uint64_t> free_bytes_;  // of the disk that it pretends to have
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
