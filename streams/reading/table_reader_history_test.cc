// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/table_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/random.h"

// Random histories of a table (rolls, splits, trims) read by a reader that is refused, interrupted and
// restarted from its stored position at random.

namespace gyre::streams {
namespace {

/// A region's log of one table: every record has an ordinal in its shard, and no content.
class Table {
 public:
  struct Shard {
    std::uint64_t parent = 0;
    std::uint64_t records = 0;
    bool closed = false;
    bool trimmed = false;
    std::vector<ShardId> children;
  };

  explicit Table(SeededRandom& random) : random_(random) { shards_[++last_]; }

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
  Opened list() const {
    Opened table;
    for (const auto& [id, shard] : shards_) {
      if (shard.trimmed) continue;
      ShardInfo& info = table.shards.emplace_back();
      info.shard = ShardId(id);
      if (shard.parent != 0) info.parent = ShardId(shard.parent);
      info.closed = shard.closed;
    }
    return table;
  }
  const Shard& at(ShardId id) const { return shards_.at(id.value()); }
  const std::map<std::uint64_t, Shard>& all() const { return shards_; }

 private:
  void roll(std::uint64_t id) {
    shards_[id].closed = true;
    for (std::uint64_t children = 1 + random_.below(2); children > 0; --children) {
      shards_[++last_].parent = id;
      shards_[id].children.emplace_back(last_);
    }
  }

  SeededRandom& random_;
  std::map<std::uint64_t, Shard> shards_;
  std::uint64_t last_ = 0;
};

/// Reads it as an owner must: keeps a row for each shard, and says what was lost.
class Life {
 public:
  Life(Table& table, SeededRandom& random) : table_(table), random_(random) { restart(); }

  void turn() {
    now_ms_ += random_.below(600);
    const std::uint64_t dice = random_.below(40);
    if (dice == 0) restart();
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
  /// Everything that can still be read was read.
  bool caught_up() const {
    return std::all_of(table_.all().begin(), table_.all().end(), [&](const auto& entry) {
      const auto& [id, shard] = entry;
      return shard.trimmed || read(ShardId(id)) == shard.records;
    });
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
    options.one_life = true;
    reader_.emplace(std::move(options), keys_, position_);
  }

  void answer(SessionKey key, ShardId id) {
    const Table::Shard& shard = table_.at(id);
    if (shard.trimmed) return reader_->take(key, Refusal{RefusedReason::kTrimmed, "trimmed", {}}, now_ms_);
    if (random_.below(20) == 0) return reader_->take(key, Refusal{RefusedReason::kBusy, "", {}}, now_ms_);
    const std::uint64_t from = sent_[key];
    const std::uint64_t count = random_.below(4);
    RecordBatch batch;
    batch.scanned_through = {Epoch(1), id, SequenceNumber(), Ordinal(std::min(from + count, shard.records)),
                             0};
    sent_[key] = batch.scanned_through.ordinal.value();
    batch.scanned_through.sequence = SequenceNumber(sent_[key]);
    const bool over = shard.closed && sent_[key] == shard.records;
    if (sent_[key] != from) reader_->take(key, std::move(batch), now_ms_);
    if (over) reader_->take(key, ShardEnd{shard.children}, now_ms_);
  }

  void follow() {
    while (std::optional<TableReader::Event> event = reader_->next_event()) {
      std::visit([&](auto& one) { act(one); }, *event);
    }
    if (listing_) {
      const SessionKey key = *std::exchange(listing_, std::nullopt);
      const bool refused = random_.below(10) == 0;
      reader_->take(key, refused ? SessionMessage(Refusal()) : SessionMessage(table_.list()), now_ms_);
    }
  }

  void act(OpenSession& open) {
    if (open.options.table_shards) {
      listing_ = open.key;
      return;
    }
    const storage::LogCursor& cursor = *open.options.shard;
    reading_[open.key] = cursor.shard;
    sent_[open.key] = cursor.ordinal.value();
  }
  void act(CloseSession& close) { reading_.erase(close.key); }
  void act(TableReader::Found& found) {
    for (const ShardInfo& info : found.table.shards) position_[info.shard];
  }
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
    for (const ShardId child : ended.children) position_[child];
    reader_->finished(ended.shard);
  }
  void act(TableReader::Lost& one) {
    EXPECT_TRUE(table_.at(one.shard).trimmed) << "what is kept is not lost";
    lost.insert(one.shard);
    position_[one.shard].finished = true;  // goes on without it
    reader_->forget(one.shard, now_ms_);
  }
  template <class Other>
  void act(Other&) {}

  Table& table_;
  SeededRandom& random_;
  SessionKey keys_ = 0;
  std::optional<TableReader> reader_;
  TableReader::Position position_;  // as it is stored
  std::map<ShardId, std::uint64_t> read_;
  std::map<SessionKey, ShardId> reading_;
  std::map<SessionKey, std::uint64_t> sent_;
  std::optional<SessionKey> listing_;
  std::uint64_t now_ms_ = 0;
};

TEST(TableReaderHistory, EveryRecordIsReadOnceInOrderOrItsLossIsTold) {
  std::size_t lost = 0;
  std::size_t whole = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    Table table(random);
    Life life(table, random);
    for (int i = 0; i < 8; ++i) life.turn();  // from the first listing on, every loss counts
    const std::uint64_t laziness = 1 + random.below(12);
    for (int i = 0; i < 80; ++i) {
      table.change();
      if (seed % 2 == 0) {
        for (int turns = 0; turns < 6; ++turns) life.turn();  // retention is longer than any pause
      } else if (random.below(laziness) == 0) {
        life.turn();
      }
    }
    for (int i = 0; i < 4'000 && !life.caught_up(); ++i) life.turn();
    ASSERT_TRUE(life.caught_up());
    life.turn();
    bool any_gone = false;
    bool any_told = !life.lost.empty();
    for (const auto& [id, shard] : table.all()) {
      const bool missed = shard.trimmed && life.read(ShardId(id)) < shard.records;
      any_gone = any_gone || missed;
    }
    EXPECT_TRUE(!any_gone || any_told) << "records were skipped in silence";
    lost += any_told ? 1 : 0;
    whole += any_told ? 0 : 1;
  }
  EXPECT_GT(lost, 10U) << "the histories must lose something";
  EXPECT_GT(whole, 10U) << "and not always";
}

}  // namespace
}  // namespace gyre::streams
