// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "global-tables/simulated_world_test.h"

// Three to five regions live through whole histories from one seed, and must agree in the end.

namespace gyre::global_tables {
namespace {

// --- what happens ---

void add_replica(World& world, const std::string& through, const std::string& region) {
  Region& at = world.at(through);
  std::optional<Status> answer;
  ASSERT_TRUE(world.run_until([&] {
    if (answer && answer->ok()) return true;
    answer.reset();
    at.control->update_replicas("T", {{ReplicaUpdate::Action::kCreate, RegionId(region)}}, at.sink,
                                [&](Status status) { answer = std::move(status); });
    at.settle();
    return answer && answer->ok();
  }));
}

bool all_active(World& world, const std::vector<std::string>& names) {
  for (const std::string& at : names) {
    for (const std::string& member : names) {
      if (member_status(world.at(at).fixture, member) != ReplicaStatus::kActive) return false;
    }
  }
  return true;
}

void make_members(World& world, const std::vector<std::string>& names) {
  world.at(names.front()).fixture.create_table();
  for (std::size_t i = 1; i < names.size(); ++i) {
    add_replica(world, names.front(), names[i]);
    const std::vector<std::string> so_far(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    ASSERT_TRUE(world.run_until([&] { return all_active(world, so_far); }));
  }
}

bool serves(Region& region) {
  const storage::TablePointer table = region.fixture.table();
  return table != nullptr && table->schema.status == TableStatus::kActive;
}

void random_event(World& world, int number) {
  Region& region = world.any();
  const std::uint64_t dice = world.random.below(100);
  const std::string key = "k" + std::to_string(world.random.below(6));
  if (dice < 60) {
    if (serves(region)) world.client_write(region, key, region.fixture.region() + std::to_string(number));
  } else if (dice < 75) {
    if (serves(region)) world.client_write(region, key, std::nullopt);
  } else if (dice < 80) {
    if (serves(region)) region.fixture.roll();
  } else if (dice < 88 && world.faults.cuts) {
    Region& other = world.any();
    const auto way = std::pair(region.fixture.region(), other.fixture.region());
    if (!world.cuts.erase(way)) world.cuts.insert(way);  // one way only
  } else if (dice < 94 && world.faults.crashes) {
    dice < 91 ? region.crash() : region.lose_power();
    region.boot(world.names);
  }
}

std::vector<storage::Conflict> conflict_logs(World& world) {
  std::vector<storage::Conflict> all;
  for (const std::string& name : world.names) {
    for (storage::Conflict& conflict : world.at(name).fixture.conflicts()) all.push_back(std::move(conflict));
  }
  return all;
}

/// A whole life: a table with data becomes global while clients write, faults come and go, and everybody
/// agrees in the end.
std::uint64_t live(std::uint64_t seed, int region_count, const Faults& faults, int events) {
  World world(seed, region_count, faults);
  world.at("a").fixture.create_table();
  for (int i = 0; i < 6; ++i) world.client_write(world.at("a"), "k" + std::to_string(i), "first");
  world.client_write(world.at("a"), "k0", std::nullopt);
  world.model.erase("k0");  // from before there was a group: no region keeps a tombstone of it
  for (int i = 1; i < region_count; ++i) {
    add_replica(world, "a", world.names[i]);
    EXPECT_TRUE(world.run_until([&] { return serves(world.at(world.names[i])); })) << "seed " << seed;
    EXPECT_TRUE(world.run_until(
        [&] { return member_status(world.at("a").fixture, world.names[i]) == ReplicaStatus::kActive; }));
  }
  for (int i = 0; i < events; ++i) {
    random_event(world, i);
    for (std::uint64_t steps = world.random.below(6); steps > 0; --steps) world.step();
  }
  world.cuts.clear();
  const std::set<std::string> members(world.names.begin(), world.names.end());
  const bool agreed =
      world.run_until([&] { return all_active(world, world.names) && world.difference(members).empty(); });
  EXPECT_TRUE(agreed) << "seed " << seed << ": " << world.difference(members);
  EXPECT_EQ(world.conflicts.difference(conflict_logs(world), world.winners()), "") << "seed " << seed;
  for (const std::string& name : world.names) {
    for (const auto& [key, winner] : world.model)
      world.note(name + key + world.at(name).fixture.get(key).value_or("-"));
  }
  return world.trace;
}

TEST(Simulation, ThreeRegionsAgreeOnTheModelsWinnersAfterAnyFaults) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) live(seed, 3, Faults(), 120);
}

TEST(Simulation, FiveRegionsAgreeToo) {
  live(77, 5, Faults(), 60);
}

TEST(Simulation, TheSameSeedGivesTheSameTrace) {
  const std::uint64_t trace = live(5, 3, Faults(), 40);
  EXPECT_EQ(trace, live(5, 3, Faults(), 40));
  EXPECT_NE(trace, live(6, 3, Faults(), 40));
}

TEST(Simulation, WritesOfAClockFarAheadAreHeldAndNeverSpreadToOtherClocks) {
  Faults calm;
  calm.loss_percent = calm.duplicate_percent = calm.skew_ms_max = 0;
  World world(3, 2, calm);
  world.at("a").fixture.create_table();
  add_replica(world, "a", "b");
  ASSERT_TRUE(world.run_until([&] { return serves(world.at("b")); }));
  Region& a = world.at("a");
  a.clock.jump_to_ms(a.clock.now_ms() + 5'000);
  world.client_write(a, "k1", "ahead");
  ASSERT_TRUE(world.run_until([&] {
    for (const TableLinkReport& table : world.at("b").links.at(RegionId("a"))->status().tables) {
      for (const SessionReport& session : table.sessions) {
        if (session.state == SessionState::kHeld) return true;
      }
    }
    return false;
  }));
  EXPECT_FALSE(world.at("b").fixture.get("k1").has_value());
  world.client_write(world.at("b"), "k2", "on time");
  const HybridTime stamp = world.at("b").fixture.stored("k2").version.clock;
  EXPECT_LE(hybrid_to_ms(stamp), world.at("b").clock.now_ms() + 1);
  EXPECT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }));
}

TEST(Simulation, ACutLongerThanRetentionIsResyncedNotSkipped) {
  Faults calm;
  calm.loss_percent = calm.duplicate_percent = 0;
  World world(4, 2, calm);
  world.at("a").fixture.create_table();
  add_replica(world, "a", "b");
  ASSERT_TRUE(world.run_until([&] { return all_active(world, {"a", "b"}); }));
  world.client_write(world.at("a"), "k1", "seen");
  ASSERT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }));
  world.cuts = {{"a", "b"}, {"b", "a"}};
  world.client_write(world.at("a"), "k1", "unseen");
  world.client_write(world.at("a"), "k2", "unseen");
  world.client_write(world.at("a"), "k2", std::nullopt);
  world.at("a").fixture.roll();
  world.at("a").fixture.trim_closed();
  world.cuts.clear();
  EXPECT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }))
      << world.difference({"a", "b"});
}

// The reader is not there when its shard goes: no session tells it, only the comparison of what it stored
// with what the peer still lists.
TEST(Simulation, AnAbsenceLongerThanRetentionIsResyncedNotSkipped) {
  for (const bool idle : {false, true}) {  // had the link read a record of the shard that goes?
    SCOPED_TRACE(idle ? "idle" : "busy");
    Faults calm;
    calm.loss_percent = calm.duplicate_percent = 0;
    World world(14, 2, calm);
    world.at("a").fixture.create_table();
    add_replica(world, "a", "b");
    ASSERT_TRUE(world.run_until([&] { return all_active(world, {"a", "b"}); }));
    if (idle) {
      world.at("a").fixture.roll();
      for (int i = 0; i < 300; ++i) world.step();
    }
    if (!idle) world.client_write(world.at("a"), "k1", "seen");
    ASSERT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }));
    world.at("b").crash();
    world.client_write(world.at("a"), "k1", "unseen");
    world.at("a").fixture.roll();
    world.client_write(world.at("a"), "k2", "unseen");
    world.client_write(world.at("a"), "k2", std::nullopt);
    world.at("a").fixture.roll();
    world.at("a").fixture.trim_closed();
    world.at("b").boot(world.names);
    EXPECT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }))
        << world.difference({"a", "b"});
  }
}

// What was applied is not known any more, and what is kept of the log is not all.
TEST(Simulation, ProgressThatCannotBeReadIsCopiedAnewNotGuessed) {
  Faults calm;
  calm.loss_percent = calm.duplicate_percent = 0;
  World world(15, 2, calm);
  world.at("a").fixture.create_table();
  add_replica(world, "a", "b");
  ASSERT_TRUE(world.run_until([&] { return all_active(world, {"a", "b"}); }));
  world.client_write(world.at("a"), "k1", "seen");
  ASSERT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }));
  world.at("b").fixture.spoil_progress("a");
  world.at("b").crash();
  world.client_write(world.at("a"), "k2", "unseen");
  world.at("a").fixture.roll();
  world.at("a").fixture.trim_closed();
  world.at("b").boot(world.names);
  EXPECT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }))
      << world.difference({"a", "b"});
}

TEST(Simulation, NoRowIsLeftOfATableThatItsUsersDrop) {
  World world(17, 3, Faults());
  world.at("a").fixture.create_table();
  for (const std::string name : {"b", "c"}) {
    add_replica(world, "a", name);
    ASSERT_TRUE(world.run_until([&] { return all_active(world, {"a", name}); }));
  }
  RegionFixture& leaving = world.at("b").fixture;
  ASSERT_TRUE(world.run_until(
      [&] { return !leaving.progress_rows("a").empty() && !leaving.progress_rows("c").empty(); }));
  ASSERT_TRUE(leaving.drop_table().ok());
  EXPECT_TRUE(world.run_until(
      [&] { return leaving.progress_rows("a").empty() && leaving.progress_rows("c").empty(); }));
  EXPECT_FALSE(world.at("a").fixture.progress_rows("c").empty());
}

// A table is listed and copied by its name, which may come to be another table's.
TEST(Simulation, ATableThatIsMadeAnewUnderTheNameIsNotTakenForTheDroppedOne) {
  for (const bool away : {false, true}) {  // did the reader die meanwhile?
    SCOPED_TRACE(away ? "away" : "cut off");
    Faults calm;
    calm.loss_percent = calm.duplicate_percent = 0;
    World world(16, 2, calm);
    world.at("a").fixture.create_table();
    add_replica(world, "a", "b");
    ASSERT_TRUE(world.run_until([&] { return all_active(world, {"a", "b"}); }));
    world.client_write(world.at("a"), "k1", "ours");
    ASSERT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }));
    if (away) {
      world.at("b").crash();
    } else {
      world.cuts = {{"a", "b"}, {"b", "a"}};
    }
    world.at("a").fixture.put("k1", "unseen");
    const TableId dropped = world.at("a").fixture.table()->schema.id;
    ASSERT_TRUE(world.at("a").fixture.drop_table().ok());
    world.at("a").fixture.create_table();
    world.at("a").fixture.put("k9", "of another table");
    world.at("a").fixture.trim_closed(dropped);
    for (int i = 0; i < 100 && !away; ++i) world.step();
    if (away) world.at("b").boot(world.names);
    world.cuts.clear();
    EXPECT_TRUE(world.run_until([&] { return !member_status(world.at("b").fixture, "a"); }));
    for (int i = 0; i < 300; ++i) world.step();
    EXPECT_EQ(world.at("b").fixture.get("k1"), "ours");
    EXPECT_FALSE(world.at("b").fixture.get("k9").has_value());
  }
}

TEST(Simulation, APeerThatCameBackInAnotherLifeIsCopiedAnew) {
  Faults calm;
  calm.loss_percent = calm.duplicate_percent = 0;
  World world(8, 2, calm);
  world.at("a").fixture.create_table();
  add_replica(world, "a", "b");
  ASSERT_TRUE(world.run_until([&] { return all_active(world, {"a", "b"}); }));
  world.client_write(world.at("a"), "k1", "before");
  ASSERT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }));
  const std::uint64_t attempt = world.at("b").fixture.progress("a")->attempt;
  world.at("a").crash();
  world.at("a").fixture.change_epoch();
  world.at("a").boot(world.names);
  world.client_write(world.at("a"), "k1", "after");
  world.client_write(world.at("a"), "k2", "after");
  EXPECT_TRUE(world.run_until([&] {
    const auto progress = world.at("b").fixture.progress("a");
    return progress && progress->attempt == attempt + 1 && progress->copied &&
           world.difference({"a", "b"}).empty();
  })) << world.difference({"a", "b"});
}

// What a region said of its clock in one life says nothing of the next: its records are older, and new.
TEST(Simulation, ACopyFromARegionWhoseClockWasSetBackTakesWhatItWritesMeanwhile) {
  Faults calm;
  calm.loss_percent = calm.duplicate_percent = calm.skew_ms_max = 0;
  World world(18, 2, calm);
  Region& a = world.at("a");
  a.fixture.create_table();
  add_replica(world, "a", "b");
  ASSERT_TRUE(world.run_until([&] { return all_active(world, {"a", "b"}); }));
  world.client_write(a, "k1", "seen");
  ASSERT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }));
  for (int i = 0; i < 1'000; ++i) world.step();  // b hears how late it is at a
  a.crash();
  a.clock.jump_to_ms(a.clock.now_ms() - 9'000);
  a.boot(world.names);
  world.cuts = {{"a", "b"}, {"b", "a"}};
  world.client_write(a, "k2", "unseen");
  a.fixture.roll();
  a.fixture.trim_closed();
  world.client_write(a, "k3", "in the table, and in the log that is kept");
  world.cuts.clear();
  const auto copied = [&] {
    const auto progress = world.at("b").fixture.progress("a");
    return progress && progress->attempt == 2 && progress->copied;
  };
  ASSERT_TRUE(world.run_until(copied));
  EXPECT_GT(world.at("b").fixture.progress("a")->pinned.sequence, SequenceNumber());
  world.client_write(a, "k4", "after the copy, by the clock before it");
  EXPECT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }))
      << world.difference({"a", "b"});
}

TEST(Simulation, AHalfDoneFirstCopyGoesOnWhereItStoodBeforeARestart) {
  Faults calm;
  calm.loss_percent = calm.duplicate_percent = 0;
  World world(9, 2, calm);
  Region& b = world.at("b");
  world.at("a").fixture.create_table();
  const std::string large(30'000, 'x');
  for (int i = 0; i < 100; ++i) world.client_write(world.at("a"), "k" + std::to_string(i), large);
  add_replica(world, "a", "b");
  std::optional<TableProgress> half;
  for (int i = 0; i < 1'000 && !(half && !half->scan_position.empty()); ++i) {
    world.step();
    half = b.fixture.progress("a");
  }
  ASSERT_TRUE(half && !half->copied && !half->scan_position.empty());
  b.crash();
  b.boot(world.names);
  ASSERT_TRUE(world.run_until([&] { return serves(b) && world.difference({"a", "b"}).empty(); }))
      << world.difference({"a", "b"});
  EXPECT_EQ(b.fixture.progress("a")->attempt, half->attempt);
  const std::uint64_t applied = b.links.at(RegionId("a"))->status().counts.applied;
  EXPECT_GT(applied, 0U);
  EXPECT_LT(applied, 100U);  // what was copied before is not copied again
}

TEST(Simulation, TheLastWritesOfAMemberThatLeavesReachTheOthers) {
  for (const bool owner_leaves : {false, true}) {
    World world(11, 3, Faults());
    world.at("a").fixture.create_table();
    for (const std::string name : {"b", "c"}) {
      add_replica(world, "a", name);
      ASSERT_TRUE(world.run_until([&] { return all_active(world, {"a", name}); }));
    }
    ASSERT_TRUE(world.run_until([&] { return all_active(world, world.names); }));
    Region& leaving = world.at(owner_leaves ? "a" : "c");
    for (const std::string& name : world.names) world.cuts.insert({leaving.fixture.region(), name});
    for (int i = 0; i < 20; ++i) world.client_write(leaving, "k" + std::to_string(i), "last");
    ASSERT_TRUE(leaving.fixture.drop_table().ok());
    for (int i = 0; i < 600; ++i) world.step();  // until the others have given up their connections
    world.cuts.clear();                          // now they hear of everything at a time
    const std::string other = owner_leaves ? "c" : "a";
    ASSERT_TRUE(world.run_until([&] {
      return !member_status(world.at("b").fixture, leaving.fixture.region()) &&
             !member_status(world.at(other).fixture, leaving.fixture.region());
    }));
    EXPECT_EQ(world.difference({"b", other}), "");
  }
}

// Whoever took the leaving member out of the group has read all of it; this says nothing of the others.
TEST(Simulation, ARegionThatWasAwayWhileAnotherLeftReadsItsLastWrites) {
  for (const bool down : {true, false}) {
    SCOPED_TRACE(down ? "down" : "cut off");
    World world(19, 3, Faults());
    make_members(world, world.names);
    if (down) {
      world.at("b").crash();
      world.regions.at("b").swap(world.away);
      world.regions.erase("b");
    } else {
      world.cuts = {{"b", "c"}, {"c", "b"}};
    }
    Region& c = world.at("c");
    for (int i = 0; i < 20; ++i) world.client_write(c, "k" + std::to_string(i), "last");
    c.fixture.roll();
    for (int i = 0; i < 20; ++i) world.client_write(c, "k" + std::to_string(i), "very last");
    ASSERT_TRUE(c.fixture.drop_table().ok());
    ASSERT_TRUE(world.run_until([&] { return !member_status(world.at("a").fixture, "c"); }));
    for (int i = 0; i < 2'000; ++i) world.step();
    if (down) {
      world.regions["b"].swap(world.away);
      world.at("b").boot(world.names);
    }
    world.cuts.clear();
    EXPECT_TRUE(world.run_until([&] { return !member_status(world.at("b").fixture, "c"); }));
    EXPECT_EQ(world.difference({"a", "b"}), "");
  }
}

TEST(Simulation, ACopyWhoseSourceIsDroppedGoes) {
  Faults calm;
  calm.loss_percent = calm.duplicate_percent = 0;
  World world(21, 2, calm);
  world.at("a").fixture.create_table();
  const std::string large(30'000, 'x');
  for (int i = 0; i < 100; ++i) world.client_write(world.at("a"), "k" + std::to_string(i), large);
  add_replica(world, "a", "b");
  ASSERT_TRUE(world.run_until([&] { return world.at("b").fixture.table() != nullptr; }));
  ASSERT_FALSE(serves(world.at("b")));
  ASSERT_TRUE(world.at("a").fixture.drop_table().ok());
  EXPECT_TRUE(world.run_until([&] { return world.at("b").fixture.table() == nullptr; }));
}

TEST(Simulation, AMemberThatIsCutOffWhileItLeavesDoesNotHoldUpTheGroup) {
  World world(12, 2, Faults());
  world.at("a").fixture.create_table();
  add_replica(world, "a", "b");
  ASSERT_TRUE(world.run_until([&] { return all_active(world, world.names); }));
  world.at("a").crash();
  ASSERT_TRUE(world.at("b").fixture.drop_table().ok());
  world.at("b").step();
  world.at("a").boot(world.names);  // it starts without a list of b's shards, and can get none any more
  EXPECT_TRUE(world.run_until([&] { return !member_status(world.at("a").fixture, "b"); }));
}

TEST(Simulation, ALinkOfThreeSecondsCarriesACopyAndEveryWrite) {
  Faults slow;
  slow.delay_ms_max = 3'000;
  slow.skew_ms_max = 0;
  World world(24, 2, slow);
  make_members(world, world.names);
  for (int i = 0; i < 20; ++i) {
    world.client_write(world.at(i % 2 == 0 ? "a" : "b"), "k" + std::to_string(i), "far away");
    for (int steps = 0; steps < 30; ++steps) world.step();
  }
  EXPECT_TRUE(world.run_until([&] { return world.difference({"a", "b"}).empty(); }))
      << world.difference({"a", "b"});
}

TEST(Simulation, RegionsWithoutTablesKnowEachOtherAtOnce) {
  Faults calm;
  calm.loss_percent = calm.duplicate_percent = calm.delay_ms_max = calm.skew_ms_max = 0;
  World world(10, 3, calm);
  for (int i = 0; i < 15; ++i) world.step();
  for (const auto& [name, region] : world.regions) {
    for (const auto& [peer, link] : region->links) EXPECT_TRUE(region->control->knows(peer));
  }
}

}  // namespace
}  // namespace gyre::global_tables
