// SPDX-License-Identifier: Apache-2.0
#include "streams/record_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/item_codec.h"
#include "core/storage/catalog.h"
#include "streams/stream_arn.h"

namespace gyre::streams {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

storage::ChangeRecord expired() {
  storage::ChangeRecord record;
  record.kind = storage::ChangeKind::kRemove;
  record.shard = ShardId(5);
  record.sequence = SequenceNumber(400);
  record.keys = encode_item({{"id", AttributeValue::string("a")}});
  record.old_image =
      encode_item({{"id", AttributeValue::string("a")}, {"n", AttributeValue::number(Number::from_int(1))}});
  record.version = {hybrid_from_ms(1000) + 1, RegionId("expiry")};
  record.origin = {RegionId("here"), IncarnationId(2), SequenceNumber(400)};
  record.commit_time = hybrid_from_ms(1'800'000'000'999);
  return record;
}

std::string shown(const storage::ChangeRecord& record, const std::string& region) {
  std::string text;
  json::Writer writer(text);
  EXPECT_TRUE(write_stream_record(writer, record, StreamViewType::kNewAndOldImages, region).ok());
  return text;
}

TEST(RecordJson, AnExpiryIsMarkedInTheRegionThatExpiredOnly) {
  EXPECT_THAT(shown(expired(), "here"),
              HasSubstr(R"("userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})"));
  EXPECT_THAT(shown(expired(), "there"), Not(HasSubstr("userIdentity")));
  storage::ChangeRecord deleted = expired();
  deleted.version.clock += 1;
  EXPECT_THAT(shown(deleted, "here"), Not(HasSubstr("userIdentity")));
}

TEST(RecordJson, AFunctionGetsTheWholeRecordInLambdasWords) {
  storage::ChangeRecord record = expired();
  const RecordView view{StreamViewType::kOldImage, "here",
                        "arn:aws:dynamodb:here:000000000000:table/T/stream/L"};
  std::string text;
  json::Writer writer(text);
  ASSERT_TRUE(write_lambda_record(writer, record, view).ok());
  const std::string id = text.substr(12, 32);
  EXPECT_EQ(
      text,
      R"({"eventID":")" + id +
          R"(","eventName":"REMOVE","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"here",)"
          R"("dynamodb":{"ApproximateCreationDateTime":1800000000.0,"Keys":{"id":{"S":"a"}},)"
          R"("OldImage":{"id":{"S":"a"},"n":{"N":"1"}},"SequenceNumber":")" +
          storage::sequence_text(record.sequence) +
          R"(","SizeBytes":9,"StreamViewType":"OLD_IMAGE"},)"
          R"("userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},)"
          R"("eventSourceARN":"arn:aws:dynamodb:here:000000000000:table/T/stream/L"})");
  EXPECT_THAT(shown(record, "here"), HasSubstr(id)) << "the same record has the same id wherever it is shown";
}

TEST(RecordJson, AFunctionSeesAnExpiryOfAnotherRegionAsADelete) {
  std::string text;
  json::Writer writer(text);
  ASSERT_TRUE(write_lambda_record(writer, expired(), {StreamViewType::kKeysOnly, "there", "arn"}).ok());
  EXPECT_THAT(text, Not(HasSubstr("userIdentity")));
  EXPECT_THAT(text, Not(HasSubstr("Image")));
}

TEST(RecordJson, TimesAreWholeSecondsRoundedDown) {
  EXPECT_THAT(shown(expired(), "here"), HasSubstr(R"("ApproximateCreationDateTime":1800000000,)"));
}

TEST(RecordJson, EventIdsDifferByRecordShardAndRegion) {
  storage::ChangeRecord other = expired();
  other.sequence = SequenceNumber(401);
  EXPECT_NE(shown(expired(), "here").substr(0, 50), shown(other, "here").substr(0, 50));
  other = expired();
  other.shard = ShardId(6);
  EXPECT_NE(shown(expired(), "here").substr(0, 50), shown(other, "here").substr(0, 50));
  EXPECT_NE(shown(expired(), "here").substr(0, 50), shown(expired(), "there").substr(0, 50));
}

TEST(RecordJson, TouchesAndCatalogChangesAreHiddenFromUsers) {
  storage::ChangeRecord record = expired();
  EXPECT_TRUE(visible_to_users(record));
  record.kind = storage::ChangeKind::kTouch;
  EXPECT_FALSE(visible_to_users(record));
  record.kind = storage::ChangeKind::kCatalog;
  EXPECT_FALSE(visible_to_users(record));
}

TEST(RecordJson, AFullRecordShowsWhatTheLogKnows) {
  storage::ChangeRecord record = expired();
  record.vector.observe(IncarnationId(2), 7);
  record.replaced = {6, RegionId("there")};
  record.audit = {"AKIA", true, "R1", "10.0.0.1", "agent \xff"};
  std::string text;
  json::Writer writer(text);
  ASSERT_TRUE(write_full_record(writer, record, "T").ok());
  EXPECT_THAT(text, HasSubstr(R"("old_image":{"id":{"S":"a"},"n":{"N":"1"}})"));
  EXPECT_THAT(text, HasSubstr(R"("vector":[{"incarnation":2,"clock":7}])"));
  EXPECT_THAT(text, HasSubstr(R"("replaced":{"clock":6,"ms":0,"region":"there"})"));
  EXPECT_THAT(text, HasSubstr(R"("origin":{"region":"here","incarnation":2,"sequence":400})"));
  EXPECT_THAT(text, HasSubstr(R"("principal":"AKIA","principal_verified":true,"request_id":"R1",)"
                              R"("source_address":"10.0.0.1","user_agent":"agent )"
                              "\xef\xbf\xbd\""));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
}

TEST(StreamArn, ReadsItsOwnTextAndRefusesOthers) {
  const StreamArn arn{RegionId("eu-west-1"), "Table", "2026-11-21T08:15:30.123"};
  EXPECT_EQ(parse_stream_arn(stream_arn_text(arn)).value(), arn);
  for (const char* wrong :
       {"", "arn:aws:dynamodb:eu-west-1:000000000000:table/Table",
        "arn:aws:s3:eu-west-1:1:table/Table/stream/x", "arn:aws:dynamodb:eu-west-1:1:table/Table/stream/",
        "arn:aws:dynamodb:eu-west-1:1:table/Table/index/x",
        "arn:aws:dynamodb:eu-west-1:1:table/Table/stream/x/y", "table/Table/stream/x"}) {
    EXPECT_FALSE(parse_stream_arn(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace gyre::streams
