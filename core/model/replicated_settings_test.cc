// SPDX-License-Identifier: Apache-2.0
#include "core/model/replicated_settings.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gyre {
namespace {

TableSchema with_reads(std::uint64_t units) {
  TableSchema table;
  table.billing_mode = BillingMode::kProvisioned;
  table.throughput.read_units = units;
  return table;
}

TEST(ReplicatedSettings, OnlyAChangeOfCapacityIsNoted) {
  const TableSchema before = with_reads(5);
  TableSchema after = before;
  after.tags["a"] = "b";
  after.deletion_protection = true;
  note_capacity_change(before, 1000, after);
  EXPECT_EQ(after.capacity_stamp, 0U);
  after.throughput.read_units = 6;
  note_capacity_change(before, 1000, after);
  EXPECT_EQ(after.capacity_stamp, 1000U << 16);
}

TEST(ReplicatedSettings, AChangeIsNewerThanTheOneBeforeWhateverTheClock) {
  TableSchema before = with_reads(5);
  before.capacity_stamp = 2000U << 16;
  TableSchema after = with_reads(6);
  note_capacity_change(before, 1000, after);
  EXPECT_EQ(after.capacity_stamp, (2000U << 16) + 1);
  EXPECT_EQ(change_time_after(2000, 1000), 2001U);
  EXPECT_EQ(change_time_after(2000, 2000), 2001U);
  EXPECT_EQ(change_time_after(2000, 3000), 3000U);
}

TEST(ReplicatedSettings, EachConcernGoesByItsNewestChange) {
  TableSchema mine = with_reads(5), theirs = with_reads(6);
  mine.capacity_stamp = 7;
  theirs.capacity_stamp = 6;
  mine.time_to_live = TimeToLive{"old", true, 10};
  theirs.time_to_live = TimeToLive{"new", true, 11};
  theirs.table_class = TableClass::kStandardInfrequentAccess;
  theirs.table_class_changed_ms = 5;
  mine.encryption = {EncryptionKind::kManaged, {}, 4};
  theirs.encryption = {EncryptionKind::kCustomer, {{RegionId("us-east-1"), "key"}}, 3};
  take_newer_settings(theirs, mine);
  EXPECT_EQ(mine.encryption.kind, EncryptionKind::kManaged);
  EXPECT_EQ(mine.throughput.read_units, 5U);
  EXPECT_EQ(mine.time_to_live->attribute, "new");
  EXPECT_EQ(mine.table_class, TableClass::kStandardInfrequentAccess);
}

TEST(ReplicatedSettings, WhatIsEachRegionsOwnStays) {
  TableSchema mine = with_reads(5), theirs = with_reads(6);
  theirs.capacity_stamp = 9;
  theirs.tags["a"] = "b";
  theirs.deletion_protection = true;
  theirs.recovery = PointInTimeRecovery{1, 35};
  theirs.name = "theirs";
  take_newer_settings(theirs, mine);
  EXPECT_EQ(mine.throughput.read_units, 6U);
  EXPECT_TRUE(mine.tags.empty());
  EXPECT_FALSE(mine.deletion_protection);
  EXPECT_FALSE(mine.recovery);
  EXPECT_EQ(mine.name, "");
}

TEST(ReplicatedSettings, TheCapacityOfIndexesGoesAlong) {
  TableSchema mine = with_reads(5);
  mine.indexes.resize(2);
  mine.indexes[0].name = "here";
  mine.indexes[1].name = "both";
  mine.indexes[1].id = IndexId(7);
  TableSchema theirs = with_reads(5);
  theirs.indexes.resize(1);
  theirs.indexes[0].name = "both";
  TableSchema changed = theirs;
  changed.indexes[0].throughput.write_units = 9;
  note_capacity_change(theirs, 1000, changed);
  take_newer_settings(changed, mine);
  EXPECT_EQ(mine.indexes[0].throughput.write_units, 0U);
  EXPECT_EQ(mine.indexes[1].throughput.write_units, 9U);
  EXPECT_EQ(mine.indexes[1].id, IndexId(7));
}

TEST(ReplicatedSettings, ANewReplicaBeginsWithAllOfThemAndLearnsNothingMore) {
  TableSchema source = with_reads(5);  // whose capacity never changed
  source.table_class = TableClass::kStandardInfrequentAccess;
  source.time_to_live = TimeToLive{"ttl", true, 10};
  source.encryption = {EncryptionKind::kCustomer, {{RegionId("us-east-1"), "key"}}, 10};
  TableSchema replica;
  copy_settings(source, replica);
  EXPECT_EQ(replica, source);
  take_newer_settings(source, replica);
  EXPECT_EQ(replica, source);
}

TableSchema any_settings() {
  const auto small = [] { return *rc::gen::inRange<std::uint64_t>(0, 3); };
  TableSchema table;
  table.capacity_stamp = small();
  table.billing_mode = *rc::gen::element(BillingMode::kProvisioned, BillingMode::kPayPerRequest);
  table.throughput.read_units = small();
  if (*rc::gen::arbitrary<bool>()) table.on_demand.read_units_max = small();
  table.table_class_changed_ms = small();
  table.table_class = *rc::gen::element(TableClass::kStandard, TableClass::kStandardInfrequentAccess);
  if (*rc::gen::arbitrary<bool>()) {
    table.time_to_live = TimeToLive{std::to_string(small()), *rc::gen::arbitrary<bool>(), small()};
  }
  table.encryption.changed_ms = small();
  table.encryption.kind = *rc::gen::element(EncryptionKind::kManaged, EncryptionKind::kCustomer);
  table.encryption.keys[RegionId("us-east-1")] = std::to_string(small());
  return table;
}

TableSchema merged(TableSchema table, const TableSchema& other) {
  take_newer_settings(other, table);
  return table;
}

RC_GTEST_PROP(ReplicatedSettings, ReplicasComeToTheSameInAnyOrder, ()) {
  const TableSchema a = any_settings(), b = any_settings(), c = any_settings();
  const TableSchema one = merged(merged(a, b), c);
  RC_ASSERT(one == merged(merged(c, a), b));
  RC_ASSERT(one == merged(b, merged(c, a)));
  RC_ASSERT(one == merged(one, a));
}

}  // namespace
}  // namespace gyre
