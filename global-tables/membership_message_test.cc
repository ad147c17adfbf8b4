// SPDX-License-Identifier: Apache-2.0
#include "global-tables/membership_message.h"

#include <gtest/gtest.h>

namespace gyre::global_tables {
namespace {

using Kind = storage::RoomMessage::Kind;

std::vector<MembershipMessage> one_of_each() {
  return {MembershipRequest{7, "orders", RegionId("a"), RegionId("b"), MembershipRequest::Action::kFailed,
                            IncarnationId(9)},
          MembershipReply{7, RegionId("b"), "no"}};
}

// As a peer gets it: in a catalog change record, which core/storage carries without reading it.
Result<MembershipMessage> through_the_catalog(const MembershipMessage& message) {
  ASSIGN_OR_RETURN(
      const storage::CatalogChange change,
      storage::decode_catalog_change(storage::encode_catalog_change(encode_membership_message(message))));
  const auto* carried = std::get_if<storage::RoomMessage>(&change);
  if (carried == nullptr) return Error::internal("it arrives as something else");
  return decode_membership_message(*carried);
}

TEST(MembershipMessage, ArrivesAsItWasAnnounced) {
  for (const MembershipMessage& message : one_of_each()) {
    const Result<MembershipMessage> back = through_the_catalog(message);
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_TRUE(*back == message);
  }
}

TEST(MembershipMessage, DamagedBytesAnswerAnError) {
  for (const std::string& body : {std::string(), std::string("abc"), std::string(16, '\xff')}) {
    for (const Kind kind : {Kind::kMembershipRequest, Kind::kMembershipReply}) {
      const auto read = decode_membership_message({kind, body});
      ASSERT_FALSE(read.ok()) << body.size();
      EXPECT_EQ(read.error().code, ErrorCode::kCorruption);
    }
  }
}

TEST(MembershipMessage, AnUnknownActionIsAnError) {
  MembershipRequest request;
  request.action = static_cast<MembershipRequest::Action>(5);
  const auto read = decode_membership_message(encode_membership_message(request));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace gyre::global_tables
