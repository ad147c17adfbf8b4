// SPDX-License-Identifier: Apache-2.0
#include "core/storage/partition_cache.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

// Of a shard of the cache, what one partition may take; and at most, since a page is not larger.
constexpr std::size_t kPartitionFraction = 4;
constexpr std::size_t kPartitionBytesMax = 2 * limits::kPageBytesMax;
// Of a partition in the cache, beside its rows: the nodes that hold it.
constexpr std::size_t kBytesAroundPartition = 250;

}  // namespace

/// All rows of a partition, in order, or that they are too many.
struct PartitionCache::Partition {
  struct Row {
    // Where in `bytes`.
    std::uint32_t key;
    std::uint32_t value;
    std::uint32_t end;
  };
  std::string prefix;  // what its rows begin with
  bool too_large = false;
  std::string bytes;
  std::vector<Row> rows;

  void add(std::string_view key, std::string_view value) {
    const auto end = [this] { return static_cast<std::uint32_t>(bytes.size()); };
    Row row{};
    row.key = end();
    bytes += key;
    row.value = end();
    bytes += value;
    row.end = end();
    rows.push_back(row);
  }
  std::size_t size_bytes() const {
    return kBytesAroundPartition + prefix.size() + bytes.size() + rows.size() * sizeof(Row);
  }
  std::string_view key(const Row& row) const { return view(row.key, row.value); }
  std::string_view value(const Row& row) const { return view(row.value, row.end); }
  /// The index of the first row whose key is not less than `key`.
  std::size_t find(std::string_view key) const {
    // Most bounds are those of the whole partition.
    if (rows.empty() || key <= this->key(rows.front())) return 0;
    if (key > this->key(rows.back())) return rows.size();
    const auto row =
        std::partition_point(rows.begin(), rows.end(), [&](const Row& row) { return this->key(row) < key; });
    return static_cast<std::size_t>(row - rows.begin());
  }

 private:
  std::string_view view(std::size_t begin, std::size_t end) const {
    return std::string_view(bytes).substr(begin, end - begin);
  }
};

/// Steps over a partition that is kept.
class PartitionCache::KeptRows final : public Iterator {
 public:
  KeptRows(std::shared_ptr<const Partition> partition, const IterateOptions& options)
      : partition_(std::move(partition)),
        begin_(options.lower.empty() ? 0 : partition_->find(options.lower)),
        end_(std::max(begin_,
                      options.upper.empty() ? partition_->rows.size() : partition_->find(options.upper))),
        at_(end_) {}

  void seek(std::string_view key) override { at_ = std::clamp(partition_->find(key), begin_, end_); }
  void seek_for_prev(std::string_view key) override {
    seek(key);
    if (!valid() || this->key() != key) prev();
  }
  void seek_to_first() override { at_ = begin_; }
  void seek_to_last() override {
    at_ = end_;
    prev();
  }
  bool valid() const override { return at_ < end_; }
  void next() override { ++at_; }
  void prev() override { at_ = at_ == begin_ ? end_ : at_ - 1; }
  std::string_view key() const override { return partition_->key(row()); }
  std::string_view value() const override { return partition_->value(row()); }
  Status status() const override { return {}; }

 private:
  const Partition::Row& row() const { return partition_->rows[at_]; }

  const std::shared_ptr<const Partition> partition_;
  const std::size_t begin_;
  const std::size_t end_;
  std::size_t at_;  // end_: at no row
};

/// Steps over the engine's rows of a whole partition, and keeps them if none was left out.
class PartitionCache::RecordedRows final : public Iterator {
 public:
  RecordedRows(PartitionCache& cache, const Place& place, std::string prefix, std::uint64_t looked,
               std::unique_ptr<Iterator> rows)
      : cache_(cache), place_(place), prefix_(std::move(prefix)), looked_(looked), rows_(std::move(rows)) {}

  void seek(std::string_view key) override {
    forget();
    rows_->seek(key);
  }
  void seek_for_prev(std::string_view key) override {
    forget();
    rows_->seek_for_prev(key);
  }
  void seek_to_first() override {
    rows_->seek_to_first();
    begin(Direction::kForward);
  }
  void seek_to_last() override {
    rows_->seek_to_last();
    begin(Direction::kBackward);
  }
  bool valid() const override { return rows_->valid(); }
  void next() override {
    rows_->next();
    went(Direction::kForward);
  }
  void prev() override {
    rows_->prev();
    went(Direction::kBackward);
  }
  std::string_view key() const override { return rows_->key(); }
  std::string_view value() const override { return rows_->value(); }
  Status status() const override { return rows_->status(); }

 private:
  enum class Direction { kForward, kBackward };

  void begin(Direction direction) {
    seen_ = std::make_shared<Partition>();
    direction_ = direction;
    take();
  }
  void went(Direction direction) {
    if (direction != direction_) forget();
    if (seen_) take();
  }
  void forget() { seen_.reset(); }

  void take() {
    if (rows_->valid()) {
      if (seen_->size_bytes() + rows_->key().size() + rows_->value().size() <= cache_.partition_bytes_max_) {
        seen_->add(rows_->key(), rows_->value());
        return;
      }
      seen_ = std::make_shared<Partition>();
      seen_->too_large = true;  // so that the next one does not try again
    } else if (!rows_->status().ok()) {
      return forget();
    }
    keep();
  }

  void keep() {
    seen_->prefix = prefix_;
    if (direction_ == Direction::kBackward) std::reverse(seen_->rows.begin(), seen_->rows.end());
    seen_->bytes.shrink_to_fit();
    seen_->rows.shrink_to_fit();
    cache_.keep(place_, std::exchange(seen_, nullptr), looked_);
  }

  PartitionCache& cache_;
  const Place place_;
  const std::string prefix_;
  const std::uint64_t looked_;
  const std::unique_ptr<Iterator> rows_;
  Direction direction_ = Direction::kForward;
  std::shared_ptr<Partition> seen_;  // nullptr: it will not be kept
};

PartitionCache::Place::Place(Family family, std::string_view row) {
  const std::string_view group = partition_group(row);
  CHECK(group.size() == bytes_.size() - 1);
  bytes_[0] = static_cast<char>(family);
  std::copy(group.begin(), group.end(), bytes_.begin() + 1);
}

PartitionCache::PartitionCache(std::size_t bytes_max)
    : partition_bytes_max_(
          std::min(WriteFence<Partition>::shard_bytes(bytes_max) / kPartitionFraction, kPartitionBytesMax)),
      fence_(bytes_max) {}

PartitionCache::~PartitionCache() = default;

std::unique_ptr<Iterator> PartitionCache::iterate(const Engine& engine, Family family,
                                                  const std::string& partition, const IterateOptions& options,
                                                  bool to_the_end) {
  CHECK(options.snapshot == nullptr);
  const Place place(family, partition);
  if (std::shared_ptr<const Partition> kept = find(place, partition)) {
    if (!kept->too_large) return std::make_unique<KeptRows>(std::move(kept), options);
    return engine.iterate(family, options);
  }
  const std::uint64_t looked = fence_.commits();
  std::unique_ptr<Iterator> rows = engine.iterate(family, options);
  if (!to_the_end || options.lower != partition || options.upper != prefix_end(partition)) return rows;
  return std::make_unique<RecordedRows>(*this, place, partition, looked, std::move(rows));
}

std::shared_ptr<const PartitionCache::Partition> PartitionCache::find(const Place& place,
                                                                      const std::string& partition) {
  std::shared_ptr<const Partition> kept = fence_.find(place.view());
  return kept && kept->prefix == partition ? kept : nullptr;
}

void PartitionCache::keep(const Place& place, std::shared_ptr<const Partition> partition,
                          std::uint64_t looked) {
  const std::size_t bytes = partition->size_bytes();
  fence_.keep(std::string(place.view()), std::move(partition), bytes, looked);
}

}  // namespace gyre::storage
