// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/table_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/random.h"

// Random histories of a table (rolls, splits, trims, drops) read by a reader that is refused, interrupted and
// restarted from its stored position at random.

namespace gyre::streams {
namespace {

constexpr Epoch kEpoch(5);

/// A region's log of one table: every record has an ordinal in its shard, and no content.
class Table {
 public:
  struct Shard {
    std::uint64_t life = 0;
    std::uint64_t parent = 0;
    std::uint64_t records = 0;
    bool closed = false;
    bool trimmed = false;
    std::vector<ShardId> children;
  };

  explicit Table(SeededRandom& random) : random_(random) { begin_life(); }

  void change() {
    const std::uint64_t dice = random_.below(10);
    std::vector<std::uint64_t> open, closed;
    for (const auto& [id, shard] : shards_) {
      if (shard.trimmed) continue;
      (shard.closed ? closed : open).push_back(id);
    }
    if (dice < 7) {
      shards_[open[random_.below(open.size())]].records += 1 + random_.below(5);
    } else if (dice < 9) {
      roll(open[random_.below(open.size())]);
    } else if (!closed.empty()) {
      shards_[closed.front()].trimmed = true;  // retention takes the oldest
    }
  }
  /// Drops the table, and makes another of its name.
  void begin_life() {
    for (auto& [id, shard] : shards_) shard.closed = true;
    shards_[++last_].life = ++life_;
  }
  /// The shards of the life that its name has now.
  Opened list() const {
    Opened table;
    table.epoch = kEpoch;
    for (const auto& [id, shard] : shards_) {
      if (shard.trimmed || shard.life != life_) continue;
      ShardInfo& info = table.shards.emplace_back();
      info.shard = ShardId(id);
      if (shard.parent != 0) info.parent = ShardId(shard.parent);
      info.closed = shard.closed;
    }
    return table;
  }
  const Shard& at(ShardId id) const { return shards_.at(id.value()); }
  const std::map<std::uint64_t, Shard>& all() const { return shards_; }
  std::uint64_t life() const { return life_; }

 private:
  void roll(std::uint64_t id) {
    shards_[id].closed = true;
    for (std::uint64_t children = 1 + random_.below(2); children > 0; --children) {
      Shard& child = shards_[++last_];
      child.life = shards_[id].life;
      child.parent = id;
      shards_[id].children.emplace_back(last_);
    }
  }

  SeededRandom& random_;
  std::map<std::uint64_t, Shard> shards_;
  std::uint64_t last_ = 0;
  std::uint64_t life_ = 0;
};

/// Reads it as an owner must: keeps a row for each shard, and says what was lost. By name: without a position
/// that is kept, and with all lives that the name comes to have.
class Reading {
 public:
  Reading(Table& table, SeededRandom& random, bool by_name)
      : table_(table), random_(random), by_name_(by_name) {
    restart();
  }

  void turn() {
    now_ms_ += random_.below(600);
    const std::uint64_t dice = random_.below(40);
    if (dice == 0 && !by_name_) restart();
    if (dice == 1 && !reading_.empty()) {
      const ShardId shard = reading_.begin()->second;
      reader_->interrupt(shard);
      reader_->resume(shard, position_[shard].cursor, now_ms_);
    }
    reader_->tick(now_ms_);
    follow();
    for (const auto& [key, shard] : std::map(reading_)) answer(key, shard);
    follow();
  }
  /// Everything was read that can still be read, of the life that is now and of what is known of former ones.
  bool caught_up() const {
    return std::all_of(table_.all().begin(), table_.all().end(), [&](const auto& entry) {
      const auto& [id, shard] = entry;
      const bool reachable = shard.life == table_.life() || known_.contains(ShardId(id));
      return shard.trimmed || !reachable || read(ShardId(id)) == shard.records;
    });
  }
  /// A shard with records that were skipped in silence. What the reader knew it must have told itself; of
  /// what it never heard of, the last that it knew before it. Of a life that came and went it knows nothing.
  std::optional<ShardId> skipped() const {
    for (const auto& [id, shard] : table_.all()) {
      if (read(ShardId(id)) == shard.records) continue;
      std::uint64_t last_known = id;
      while (last_known != 0 && !known_.contains(ShardId(last_known))) {
        last_known = table_.at(ShardId(last_known)).parent;
      }
      if (last_known != 0 && !lost.contains(ShardId(last_known))) return ShardId(id);
    }
    return std::nullopt;
  }
  std::uint64_t read(ShardId shard) const {
    const auto at = read_.find(shard);
    return at == read_.end() ? 0 : at->second;
  }

  std::set<ShardId> lost;

 private:
  void restart() {
    reading_.clear();
    listing_.reset();
    TableReader::Options options;
    options.table = "T";
    options.one_life = !by_name_;
    reader_.emplace(std::move(options), keys_, position_);
  }

  void answer(SessionKey key, ShardId id) {
    const Table::Shard& shard = table_.at(id);
    if (shard.trimmed) {
      const bool ours = epochs_.at(key) == kEpoch;
      const RefusedReason reason = ours ? RefusedReason::kTrimmed : RefusedReason::kNoSuchShard;
      return reader_->take(key, Refusal{reason, "gone", {}}, now_ms_);
    }
    if (random_.below(20) == 0) return reader_->take(key, Refusal{RefusedReason::kBusy, "", {}}, now_ms_);
    const std::uint64_t from = sent_[key];
    const std::uint64_t count = random_.below(4);
    RecordBatch batch;
    batch.scanned_through = {kEpoch, id, SequenceNumber(), Ordinal(std::min(from + count, shard.records)), 0};
    sent_[key] = batch.scanned_through.ordinal.value();
    batch.scanned_through.sequence = SequenceNumber(sent_[key]);
    const bool over = shard.closed && sent_[key] == shard.records;
    if (sent_[key] != from) reader_->take(key, std::move(batch), now_ms_);
    if (over) reader_->take(key, ShardEnd{shard.children}, now_ms_);
  }

  void follow() {
    for (;;) {
      while (std::optional<TableReader::Event> event = reader_->next_event()) {
        std::visit([&](auto& one) { act(one); }, *event);
      }
      if (!listing_) return;
      const SessionKey key = *std::exchange(listing_, std::nullopt);
      if (random_.below(10) == 0) {
        reader_->take(key, Refusal(), now_ms_);
      } else {
        const Opened table = table_.list();
        for (const ShardInfo& info : table.shards) know(info.shard);
        reader_->take(key, table, now_ms_);
      }
    }
  }
  void know(ShardId shard) {
    known_.insert(shard);
    position_[shard];
  }

  void act(OpenSession& open) {
    if (open.options.table_shards) {
      listing_ = open.key;
      return;
    }
    const storage::LogCursor& cursor = *open.options.shard;
    EXPECT_EQ(cursor.ordinal.value(), read(cursor.shard)) << "records between were skipped, or come again";
    EXPECT_FALSE(position_[cursor.shard].finished) << "it was read to its end";
    reading_[open.key] = cursor.shard;
    epochs_[open.key] = cursor.epoch;
    sent_[open.key] = cursor.ordinal.value();
  }
  void act(CloseSession& close) { reading_.erase(close.key); }
  void act(TableReader::Started& started) {
    const std::uint64_t parent = table_.at(started.shard).parent;
    if (parent == 0 || table_.at(ShardId(parent)).trimmed) return;
    EXPECT_TRUE(position_[ShardId(parent)].finished) << "a child before its parent's end";
  }
  void act(TableReader::ShardBatch& batch) {
    const Ordinal through = batch.batch.scanned_through.ordinal;
    EXPECT_LT(read(batch.shard), through.value()) << "records came twice";
    read_[batch.shard] = through.value();
    position_[batch.shard].cursor = batch.batch.scanned_through;
  }
  void act(TableReader::Interrupted& one) {
    reader_->resume(one.shard, position_[one.shard].cursor, now_ms_);
  }
  void act(TableReader::Ended& ended) {
    EXPECT_EQ(read(ended.shard), table_.at(ended.shard).records) << "it ended before its end";
    position_[ended.shard].finished = true;
    for (const ShardId child : ended.children) know(child);
    reader_->finished(ended.shard);
  }
  void act(TableReader::Lost& one) {
    EXPECT_TRUE(table_.at(one.shard).trimmed) << "what is kept is not lost";
    EXPECT_FALSE(one.gone()) << "the region named it, so it can tell";
    EXPECT_FALSE(position_[one.shard].finished) << "it was read to its end, or told before";
    lost.insert(one.shard);
    position_[one.shard].finished = true;  // goes on without it
    reader_->forget(one.shard, now_ms_);
  }
  template <class Other>
  void act(Other&) {}

  Table& table_;
  SeededRandom& random_;
  const bool by_name_;
  SessionKey keys_ = 0;
  std::optional<TableReader> reader_;
  TableReader::Position position_;  // as it is stored
  std::map<ShardId, std::uint64_t> read_;
  std::set<ShardId> known_;  // listed, or named as children
  std::map<SessionKey, ShardId> reading_;
  std::map<SessionKey, Epoch> epochs_;
  std::map<SessionKey, std::uint64_t> sent_;
  std::optional<SessionKey> listing_;
  std::uint64_t now_ms_ = 0;
};

struct Tally {
  int lost = 0;
  int whole = 0;
};

void live(std::uint64_t seed, bool by_name, Tally& tally) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  SeededRandom random(seed);
  Table table(random);
  Reading reading(table, random, by_name);
  for (int i = 0; i < 8; ++i) reading.turn();  // from the first listing on, every loss counts
  const std::uint64_t laziness = 1 + random.below(12);
  for (int i = 0; i < 80; ++i) {
    if (by_name && random.below(30) == 0) table.begin_life();
    table.change();
    if (seed % 2 == 0) {
      for (int turns = 0; turns < 6; ++turns) reading.turn();  // retention is longer than any pause
    } else if (random.below(laziness) == 0) {
      reading.turn();
    }
  }
  const auto settled = [&] { return reading.caught_up() && !reading.skipped(); };
  for (int i = 0; i < 4'000 && !settled(); ++i) reading.turn();
  ASSERT_TRUE(reading.caught_up());
  EXPECT_FALSE(reading.skipped()) << "records of a shard were skipped in silence";
  ++(reading.lost.empty() ? tally.whole : tally.lost);
}

TEST(TableReaderHistory, EveryRecordIsReadOnceInOrderOrItsLossIsTold) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) live(seed, /*by_name=*/false, tally);
  EXPECT_GT(tally.lost, 10) << "the histories must lose something";
  EXPECT_GT(tally.whole, 10) << "and not always";
}

TEST(TableReaderHistory, SoIsWhatANameComesToHave) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) live(seed, /*by_name=*/true, tally);
  EXPECT_GT(tally.lost, 10);
  EXPECT_GT(tally.whole, 10);
}

}  // namespace
}  // namespace gyre::streams
