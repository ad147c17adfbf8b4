// SPDX-License-Identifier: Apache-2.0
#include "global-tables/replica_notes.h"

#include <gtest/gtest.h>

namespace gyre::global_tables {
namespace {

const RegionId kNotedSelf("self"), kNotedPeer("peer");

class ReplicaNotesTest : public testing::Test {
 protected:
  ReplicaNotesTest() {
    table.name = "T";
    table.incarnation = IncarnationId(1);
    table.group = GroupDescriptor{kNotedSelf,
                                  1,
                                  {{kNotedPeer, IncarnationId(2), ReplicaStatus::kActive, kNotedSelf},
                                   {kNotedSelf, IncarnationId(1), ReplicaStatus::kActive, {}}}};
    peers[kNotedPeer].known = true;
    theirs = table;
    theirs.incarnation = IncarnationId(2);
    peers[kNotedPeer].tables["T"] = theirs;
  }

  std::string note() {
    const auto notes = replica_notes(table, kNotedSelf, peers, backlogs);
    EXPECT_LE(notes.size(), 1U);
    return notes.empty() ? "" : notes.at(kNotedPeer);
  }
  void status(ReplicaStatus status) { table.group->members[0].status = status; }

  TableSchema table, theirs;
  PeerCatalogs peers;
  Backlogs backlogs;
};

TEST_F(ReplicaNotesTest, AMemberThatIsThereWaitsForNothing) {
  EXPECT_EQ(note(), "");
}

TEST_F(ReplicaNotesTest, ALeavingMemberTellsItsBacklog) {
  status(ReplicaStatus::kDeleting);
  EXPECT_EQ(note(), "the region has not dropped its table yet");
  peers[kNotedPeer].tables.clear();
  peers[kNotedPeer].dropped.insert(IncarnationId(2));
  peers[kNotedPeer].unread.emplace(IncarnationId(2), "T");
  backlogs[IncarnationId(2)] = 470;
  EXPECT_EQ(note(), "its table is dropped, and 470 records that it wrote last are still to be read");
  peers[kNotedPeer].unread.clear();
  EXPECT_EQ(note(), "its table is dropped: the owner of the group takes it out");
}

TEST_F(ReplicaNotesTest, ANewMemberTellsHowFarItIs) {
  status(ReplicaStatus::kCreating);
  EXPECT_EQ(note(), "its copy is complete: the owner of the group shows it as ACTIVE next");
  peers[kNotedPeer].tables["T"].status = TableStatus::kCreating;
  EXPECT_EQ(note(), "it is being copied from self");
  peers[kNotedPeer].tables.clear();
  EXPECT_EQ(note(), "the region has not made its table yet");
}

TEST_F(ReplicaNotesTest, ARegionThatTellsNothingIsNamedForWhatItIs) {
  peers[kNotedPeer].tables.clear();
  EXPECT_NE(note().find("does not have this table"), std::string::npos);
  peers[kNotedPeer].known = false;
  EXPECT_EQ(note(), "the region was not heard of yet");
  peers.clear();
  EXPECT_NE(note().find("not in the topology"), std::string::npos);
}

}  // namespace
}  // namespace gyre::global_tables
