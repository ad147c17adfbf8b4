// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/api/model.h"
#include "core/api/wrong_types_test.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

// Types before values, for every member of every operation.
class WrongTypes : public testing::TestWithParam<MessageStyle> {};

TEST_P(WrongTypes, AreToldBeforeAnythingElse) {
  TestRegion region(nullptr, nullptr, GetParam());
  std::size_t built = 0;
  for (const api::Service& service : api::services()) {
    if (service.target_prefix != api::kDynamoDB) continue;
    for (const api::Operation& operation : service.operations) {
      if (!region.router().find(std::string(service.target_prefix).append(operation.name)).ok()) continue;
      ++built;
      api::for_each_wrong_type(operation, [&](const api::WrongType& wrong) {
        ASSERT_EQ(region.call(operation.name, wrong.body), "serialization: " + wrong.message)
            << operation.name << " " << wrong.body;
      });
    }
  }
  EXPECT_EQ(built, region.router().targets().size());
}

INSTANTIATE_TEST_SUITE_P(EveryStyle, WrongTypes,
                         testing::Values(MessageStyle::kCurrent, MessageStyle::kAggregated));

TEST(WrongTypes, InsideAnAttributeAreToldBeforeWrongValuesAnywhere) {
  TestRegion region;
  region.create_table("hash");
  constexpr std::string_view kNumberForText = "serialization: NUMBER_VALUE cannot be converted to String";
  EXPECT_EQ(region.call("PutItem", R"({"TableName":"","Item":{"a":{"N":"x"},"b":{"SS":[]},"c":{"S":5}}})"),
            kNumberForText);
  EXPECT_EQ(
      region.call("Query", R"({"Limit":0,"ExpressionAttributeValues":{":a":{"M":{"b":{"L":[{"S":5}]}}}}})"),
      kNumberForText);
  EXPECT_EQ(region.call("Query", R"({"Limit":"abc"})"),
            "serialization: STRING_VALUE cannot be converted to Integer");
}

TEST(WrongTypes, OfMembersThatNothingReadsAreToldToo) {
  TestRegion region;
  region.create_table("hash");
  EXPECT_EQ(region.call("UpdateTable", R"({"TableName":"hash","DeletionProtectionEnabled":true,)"
                                       R"("GlobalTableWitnessUpdates":{}})"),
            "serialization: Start of structure or map found where not expected");
}

TEST(MissingOperations, SayThatTheyAreMissingWhateverTheyHold) {
  TestRegion region;
  const auto missing = region.router().find("DynamoDB_20120810.CreateBackup");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kUnknownOperation);
}

}  // namespace
}  // namespace gyre::operations
