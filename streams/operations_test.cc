// SPDX-License-Identifier: Apache-2.0
#include "streams/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/api/model.h"
#include "core/api/told_intents_test.h"
#include "core/api/wrong_types_test.h"
#include "core/base/limits.h"
#include "core/json/hostile_json_test.h"
#include "core/json/json_reader.h"
#include "streams/region_fixture_test.h"
#include "streams/stream_arn.h"

namespace gyre::streams {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

class StreamOperations : public ::testing::Test {
 protected:
  StreamOperations() { add_stream_operations(router, region.store()); }

  Result<std::string> call(const std::string& operation, const std::string& body) {
    json::Parser parser;
    http::Request request;
    request.body = parser.parse(body).value();
    InlineSink sink;
    request.sink = &sink;
    request.intents = intents;
    Result<std::string> reply = Error::internal("no answer");
    router.find("DynamoDBStreams_20120810." + operation)
        .value()
        ->run(request, [&](Result<std::string> answered) { reply = std::move(answered); });
    return reply;
  }
  std::string ok(const std::string& operation, const std::string& body) {
    Result<std::string> reply = call(operation, body);
    EXPECT_TRUE(reply.ok()) << operation << " " << body << ": " << (reply.ok() ? "" : reply.error().message);
    return reply.ok() ? *reply : "{}";
  }
  ErrorCode error(const std::string& operation, const std::string& body) {
    const Result<std::string> reply = call(operation, body);
    EXPECT_FALSE(reply.ok()) << operation << " " << body << ": " << (reply.ok() ? *reply : "");
    return reply.ok() ? ErrorCode::kInternal : reply.error().code;
  }
  /// All values of a text member, in order of appearance.
  static std::vector<std::string> all(const std::string& reply, const std::string& member) {
    std::vector<std::string> values;
    const std::string mark = "\"" + member + "\":\"";
    for (std::size_t at = reply.find(mark); at != std::string::npos; at = reply.find(mark, at + 1)) {
      const std::size_t start = at + mark.size();
      values.push_back(reply.substr(start, reply.find('"', start) - start));
    }
    return values;
  }
  static std::string one(const std::string& reply, const std::string& member) {
    const std::vector<std::string> values = all(reply, member);
    EXPECT_THAT(values, SizeIs(1)) << member << " in " << reply;
    return values.empty() ? "" : values[0];
  }

  std::string arn() { return stream_arn_text({RegionId("us-east-1"), "Table1", region.label()}); }
  std::string describe(const std::string& more = "") {
    return ok("DescribeStream", R"({"StreamArn":")" + arn() + "\"" + more + "}");
  }
  std::string iterator_request(const std::string& shard, const std::string& type,
                               const std::string& sequence = "") {
    return R"({"StreamArn":")" + arn() + R"(","ShardId":")" + shard + R"(","ShardIteratorType":")" + type +
           "\"" + (sequence.empty() ? "" : R"(,"SequenceNumber":")" + sequence + "\"") + "}";
  }
  std::string iterator(const std::string& shard, const std::string& type, const std::string& sequence = "") {
    return one(ok("GetShardIterator", iterator_request(shard, type, sequence)), "ShardIterator");
  }
  std::string records(const std::string& from, const std::string& more = "") {
    return ok("GetRecords", R"({"ShardIterator":")" + from + "\"" + more + "}");
  }
  std::string shard_of(const std::string& id) { return storage::shard_id_text(region.shard_of(id).id); }

  ManualClock clock{1'800'000'000'000};
  RegionFixture region{clock};
  http::Router router;
  api::IntentObserver* intents = nullptr;  // of the calls
};

TEST_F(StreamOperations, SayWhatTheyAreAboutToRead) {
  region.enable_stream(StreamViewType::kKeysOnly);
  region.put("1", "a");
  api::ToldIntents told(RegionId("us-east-1"));
  intents = &told;
  ok("ListStreams", "{}");
  ok("ListStreams", R"({"TableName":"Table1"})");
  describe();
  records(iterator(shard_of("1"), "TRIM_HORIZON"));
  const std::string stream = " on table/Table1/stream/" + region.label();
  EXPECT_THAT(told.told,
              ElementsAre("dynamodb:ListStreams on *", "dynamodb:ListStreams on table/Table1/stream/*",
                          "dynamodb:DescribeStream" + stream, "dynamodb:GetShardIterator" + stream,
                          "dynamodb:GetRecords" + stream));
  told.refuses = true;
  EXPECT_EQ(call("ListStreams", "{}").error().message, "refused");
}

TEST_F(StreamOperations, ListsStreamsByTableAndPage) {
  EXPECT_EQ(ok("ListStreams", "{}"), R"({"Streams":[]})");
  region.enable_stream(StreamViewType::kKeysOnly);
  const std::string first = arn();
  region.disable_stream();
  region.enable_stream(StreamViewType::kKeysOnly);
  EXPECT_THAT(all(ok("ListStreams", "{}"), "StreamArn"), ElementsAre(first, arn()));
  EXPECT_THAT(all(ok("ListStreams", R"({"TableName":"Table1"})"), "TableName"),
              ElementsAre("Table1", "Table1"));
  const std::string page = ok("ListStreams", R"({"Limit":1})");
  EXPECT_EQ(one(page, "LastEvaluatedStreamArn"), first);
  const std::string rest = ok("ListStreams", R"({"Limit":1,"ExclusiveStartStreamArn":")" + first + "\"}");
  EXPECT_EQ(one(rest, "StreamArn"), arn());
  EXPECT_THAT(rest, Not(HasSubstr("LastEvaluatedStreamArn")));
}

TEST_F(StreamOperations, PagingOfListsSurvivesTheEndOfTheCookiesTable) {
  region.enable_stream(StreamViewType::kKeysOnly);
  const std::string gone = stream_arn_text({RegionId("us-east-1"), "Another", "2020-01-01T00:00:00.000"});
  EXPECT_EQ(one(ok("ListStreams", R"({"ExclusiveStartStreamArn":")" + gone + "\"}"), "StreamArn"), arn());
}

// Whatever comes in is answered, and is no fault of ours.
TEST_F(StreamOperations, HostileRequestsAreAnswered) {
  region.enable_stream(StreamViewType::kKeysOnly);
  const std::string shard = shard_of("a");
  const std::vector<std::pair<std::string, std::string>> requests = {
      {"ListStreams", R"({"TableName":"Table1","Limit":1,"ExclusiveStartStreamArn":")" + arn() + "\"}"},
      {"DescribeStream", R"({"StreamArn":")" + arn() + R"(","Limit":1,"ExclusiveStartShardId":")" + shard +
                             R"(","ShardFilter":{"Type":"CHILD_SHARDS","ShardId":")" + shard + "\"}}"},
      {"GetShardIterator", iterator_request(shard, "AT_SEQUENCE_NUMBER", "000000000000000000001")},
      {"GetRecords", R"({"ShardIterator":")" + iterator(shard, "LATEST") + R"(","Limit":1})"}};
  for (const auto& [operation, valid] : requests) {
    json::for_each_mutant(valid, [&, name = operation](const std::string& body) {
      json::Parser parser;
      if (!parser.parse(body).ok()) return;
      const Result<std::string> reply = call(name, body);
      EXPECT_TRUE(reply.ok() || (reply.error().code != ErrorCode::kInternal &&
                                 reply.error().code != ErrorCode::kCorruption))
          << name << " " << body.substr(0, 2000);
    });
  }
}

TEST_F(StreamOperations, WrongRequestsAreRefusedAsAwsRefusesThem) {
  region.enable_stream(StreamViewType::kKeysOnly);
  const std::string shard = shard_of("a");
  const std::string missing = stream_arn_text({RegionId("us-east-1"), "Missing", region.label()});
  EXPECT_EQ(error("ListStreams", R"({"Limit":0})"), ErrorCode::kValidation);
  EXPECT_EQ(error("ListStreams", R"({"Limit":101})"), ErrorCode::kValidation);
  EXPECT_EQ(error("ListStreams", R"({"Limit":"1"})"), ErrorCode::kSerialization);
  EXPECT_EQ(error("ListStreams", R"({"TableName":"Missing"})"), ErrorCode::kResourceNotFound);
  EXPECT_EQ(error("DescribeStream", "{}"), ErrorCode::kValidation);
  EXPECT_EQ(
      error("DescribeStream", R"({"StreamArn":"arn:aws:dynamodb:us-east-1:000000000000:tables-of-wood"})"),
      ErrorCode::kValidation);
  EXPECT_EQ(error("DescribeStream", R"({"StreamArn":")" + missing + "\"}"), ErrorCode::kResourceNotFound);
  const std::string described = R"({"StreamArn":")" + arn() + "\"";
  EXPECT_EQ(error("DescribeStream", described + R"(,"Limit":0})"), ErrorCode::kValidation);
  EXPECT_EQ(error("DescribeStream", described + R"(,"ShardFilter":{}})"), ErrorCode::kValidation);
  EXPECT_EQ(error("DescribeStream", described + R"(,"ShardFilter":{"Type":"CHILD_SHARDS"}})"),
            ErrorCode::kValidation);
  EXPECT_EQ(
      error("DescribeStream", described + R"(,"ShardFilter":{"Type":"PARENTS","ShardId":")" + shard + "\"}}"),
      ErrorCode::kValidation);
  const std::string unknown = "shardId-00000000000000000001-00000001";
  const Result<std::string> no_shard = call("GetShardIterator", iterator_request(unknown, "LATEST"));
  ASSERT_FALSE(no_shard.ok());
  EXPECT_EQ(no_shard.error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(no_shard.error().message, "Requested resource not found: Shard does not exist");
  EXPECT_EQ(error("GetShardIterator", iterator_request(shard, "AT_TIMESTAMP")), ErrorCode::kValidation);
  EXPECT_EQ(error("GetShardIterator", iterator_request(shard, "AT_SEQUENCE_NUMBER")), ErrorCode::kValidation);
  EXPECT_EQ(error("GetShardIterator", iterator_request(shard, "LATEST", "000000000000000000001")),
            ErrorCode::kValidation);
  EXPECT_EQ(error("GetShardIterator", iterator_request(shard, "AT_SEQUENCE_NUMBER", "000000000000000000001")),
            ErrorCode::kTrimmed);
  EXPECT_EQ(error("GetShardIterator", iterator_request(shard, "AT_SEQUENCE_NUMBER", "000000000000009999999")),
            ErrorCode::kValidation);
  EXPECT_EQ(error("GetRecords", R"({"ShardIterator":"garbage"})"), ErrorCode::kValidation);
  EXPECT_EQ(error("GetRecords", R"({"ShardIterator":")" + iterator(shard, "LATEST") + R"(","Limit":1001})"),
            ErrorCode::kValidation);
}

TEST_F(StreamOperations, DescribesShardsInLexicalOrderWithTheirLineage) {
  region.enable_stream(StreamViewType::kNewImage);
  region.put("a", "1");
  const std::vector<std::string> parents = all(describe(), "ShardId");
  ASSERT_THAT(parents, SizeIs(limits::kShardsPerNewTable));
  // Enabling rolled the table's shards, but what was before is not of this stream.
  EXPECT_THAT(describe(), Not(HasSubstr("ParentShardId")));
  EXPECT_THAT(describe(), Not(HasSubstr("EndingSequenceNumber")));
  clock.advance_ms(10);
  region.roll();
  const std::string described = describe();
  const std::vector<std::string> shards = all(described, "ShardId");
  EXPECT_TRUE(std::is_sorted(shards.begin(), shards.end()));
  EXPECT_THAT(shards, SizeIs(2 * parents.size()));
  EXPECT_EQ(all(described, "ParentShardId"), parents);
  EXPECT_THAT(all(described, "EndingSequenceNumber"), SizeIs(parents.size()));
  EXPECT_EQ(one(described, "StreamStatus"), "ENABLED");
  EXPECT_EQ(one(described, "StreamViewType"), "NEW_IMAGE");
  EXPECT_THAT(described, HasSubstr(R"("KeySchema":[{"AttributeName":"id","KeyType":"HASH"}])"));
  const std::string filtered =
      describe(R"(,"ShardFilter":{"Type":"CHILD_SHARDS","ShardId":")" + parents[1] + "\"}");
  EXPECT_EQ(one(filtered, "ParentShardId"), parents[1]);
}

TEST_F(StreamOperations, PagesOfShardsEndWithTheLastOneListed) {
  region.enable_stream(StreamViewType::kNewImage);
  const std::string page = describe(R"(,"Limit":3)");
  const std::vector<std::string> shards = all(page, "ShardId");
  ASSERT_THAT(shards, SizeIs(3));
  EXPECT_EQ(one(page, "LastEvaluatedShardId"), shards.back());
  const std::string rest = describe(R"(,"ExclusiveStartShardId":")" + shards.back() + "\"");
  EXPECT_THAT(all(rest, "ShardId"), SizeIs(1));
  EXPECT_THAT(rest, Not(HasSubstr("LastEvaluatedShardId")));
  EXPECT_THAT(all(describe(R"(,"ExclusiveStartShardId":"shardId-00000000000000000001-00000001")"), "ShardId"),
              IsEmpty());
}

TEST_F(StreamOperations, RecordsHaveTheShapeThatAwsGivesThem) {
  region.enable_stream(StreamViewType::kNewAndOldImages);
  region.put("a", "one");
  region.put("a", "one");
  region.put("a", "other");
  region.erase("a");
  region.erase("a");
  const std::string reply = records(iterator(shard_of("a"), "TRIM_HORIZON"));
  EXPECT_THAT(all(reply, "eventName"), ElementsAre("INSERT", "MODIFY", "REMOVE"));
  for (const std::string& id : all(reply, "eventID")) EXPECT_THAT(id, MatchesRegex("[0-9a-f]{32}"));
  EXPECT_THAT(reply,
              HasSubstr(R"("eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"us-east-1")"));
  EXPECT_THAT(reply, HasSubstr(R"("ApproximateCreationDateTime":1800000000,"Keys":{"id":{"S":"a"}},)"
                               R"("NewImage":{"id":{"S":"a"},"v":{"S":"one"}},"SequenceNumber":)"));
  EXPECT_THAT(reply, HasSubstr(R"("NewImage":{"id":{"S":"a"},"v":{"S":"other"}},)"
                               R"("OldImage":{"id":{"S":"a"},"v":{"S":"one"}})"));
  // 3 of keys and 7 of the new image; 3, 9 and 7; 3 and 9.
  EXPECT_THAT(reply, HasSubstr(R"("SizeBytes":10,"StreamViewType":"NEW_AND_OLD_IMAGES")"));
  EXPECT_THAT(reply, HasSubstr(R"("SizeBytes":19,)"));
  EXPECT_THAT(reply, HasSubstr(R"("SizeBytes":12,)"));
  EXPECT_THAT(reply, Not(HasSubstr("userIdentity")));
  for (const std::string& sequence : all(reply, "SequenceNumber")) EXPECT_THAT(sequence, SizeIs(21));
}

TEST_F(StreamOperations, TheViewTypeDecidesWhichImagesAreShown) {
  for (const StreamViewType view :
       {StreamViewType::kKeysOnly, StreamViewType::kNewImage, StreamViewType::kOldImage}) {
    region.enable_stream(view);
    region.put("a", "one of " + region.label());
    region.put("a", "two of " + region.label());
    const std::string reply = records(iterator(shard_of("a"), "TRIM_HORIZON"));
    EXPECT_EQ(reply.find("NewImage\":{") != std::string::npos, view == StreamViewType::kNewImage) << reply;
    EXPECT_EQ(reply.find("OldImage\":{") != std::string::npos, view == StreamViewType::kOldImage) << reply;
    region.disable_stream();
  }
}

TEST_F(StreamOperations, IteratorsStandWhereTheirTypeSays) {
  region.enable_stream(StreamViewType::kNewImage);
  const std::string shard = shard_of("a");
  for (const char* value : {"1", "2", "3"}) region.put("a", value);
  const std::string everything = records(iterator(shard, "TRIM_HORIZON"));
  const std::vector<std::string> sequences = all(everything, "SequenceNumber");
  ASSERT_THAT(sequences, SizeIs(3));
  EXPECT_THAT(all(records(iterator(shard, "AT_SEQUENCE_NUMBER", sequences[1])), "SequenceNumber"),
              ElementsAre(sequences[1], sequences[2]));
  EXPECT_THAT(all(records(iterator(shard, "AFTER_SEQUENCE_NUMBER", sequences[1])), "SequenceNumber"),
              ElementsAre(sequences[2]));
  const std::string latest = iterator(shard, "LATEST");
  EXPECT_THAT(records(latest), HasSubstr(R"("Records":[])"));
  region.put("a", "4");
  EXPECT_THAT(all(records(latest), "eventName"), ElementsAre("MODIFY"));
  const std::string page = records(iterator(shard, "TRIM_HORIZON"), R"(,"Limit":2)");
  EXPECT_THAT(all(page, "SequenceNumber"), ElementsAre(sequences[0], sequences[1]));
  EXPECT_THAT(all(records(one(page, "NextShardIterator")), "SequenceNumber"), SizeIs(2));
  // The shard's own start is a sequence number that users may name.
  const std::string start = all(describe(), "StartingSequenceNumber").at(0);
  EXPECT_EQ(all(describe(), "ShardId").at(0).size(), shard.size());
  (void)iterator(all(describe(), "ShardId").at(0), "AT_SEQUENCE_NUMBER", start);
}

TEST_F(StreamOperations, AClosedShardEndsWithoutANextIterator) {
  region.enable_stream(StreamViewType::kNewImage);
  const std::string shard = shard_of("a");
  region.put("a", "1");
  region.put("a", "2");
  const std::string open = records(iterator(shard, "TRIM_HORIZON"));
  EXPECT_THAT(open, HasSubstr("NextShardIterator"));
  region.roll();
  const std::string first = records(iterator(shard, "TRIM_HORIZON"), R"(,"Limit":1)");
  EXPECT_THAT(first, HasSubstr("NextShardIterator"));
  const std::string last = records(one(first, "NextShardIterator"));
  EXPECT_THAT(all(last, "eventName"), SizeIs(1));
  EXPECT_THAT(last, Not(HasSubstr("NextShardIterator")));
  EXPECT_EQ(records(one(open, "NextShardIterator")), R"({"Records":[]})");
}

TEST_F(StreamOperations, IteratorsExpireAfterFifteenMinutesAndCannotBeForged) {
  region.enable_stream(StreamViewType::kNewImage);
  const std::string fresh = iterator(shard_of("a"), "TRIM_HORIZON");
  EXPECT_THAT(fresh, ::testing::StartsWith(arn() + "|1|"));
  EXPECT_THAT(fresh.size(), ::testing::Le(2048u));
  clock.advance_ms(limits::kIteratorLifeMs);
  (void)records(fresh);
  clock.advance_ms(1);
  EXPECT_EQ(error("GetRecords", R"({"ShardIterator":")" + fresh + "\"}"), ErrorCode::kExpiredIterator);
  std::string forged = iterator(shard_of("a"), "TRIM_HORIZON");
  char& digit = forged[forged.size() - 20];
  digit = digit == 'A' ? 'B' : 'A';
  EXPECT_EQ(error("GetRecords", R"({"ShardIterator":")" + forged + "\"}"), ErrorCode::kValidation);
}

TEST_F(StreamOperations, TrimmedRecordsAreAnErrorNeverAGap) {
  region.enable_stream(StreamViewType::kNewImage);
  const storage::ShardDescriptor shard = region.shard_of("a");
  region.put("a", "1");
  const std::string held = iterator(storage::shard_id_text(shard.id), "TRIM_HORIZON");
  region.roll();
  region.trim(shard.id);
  EXPECT_EQ(error("GetRecords", R"({"ShardIterator":")" + held + "\"}"), ErrorCode::kTrimmed);
  // The child still names its parent.
  EXPECT_THAT(all(describe(), "ShardId"), SizeIs(2 * limits::kShardsPerNewTable - 1));
}

TEST_F(StreamOperations, ADisabledStreamStaysReadableAlsoBesideANewOne) {
  region.enable_stream(StreamViewType::kNewImage);
  region.put("a", "1");
  const std::string old_arn = arn();
  const std::string old_shard = shard_of("a");
  const std::string held = iterator(old_shard, "TRIM_HORIZON");
  region.disable_stream();
  region.put("a", "unseen");
  const std::string described = describe();
  EXPECT_EQ(one(described, "StreamStatus"), "DISABLED");
  EXPECT_THAT(all(described, "EndingSequenceNumber"), SizeIs(limits::kShardsPerNewTable));
  region.enable_stream(StreamViewType::kKeysOnly);
  ASSERT_NE(arn(), old_arn);
  const std::string reply = records(held);
  EXPECT_THAT(all(reply, "eventName"), ElementsAre("INSERT"));
  EXPECT_THAT(reply, Not(HasSubstr("NextShardIterator")));
  EXPECT_THAT(all(describe(), "ShardId"), SizeIs(limits::kShardsPerNewTable));
  EXPECT_EQ(error("GetShardIterator", iterator_request(old_shard, "LATEST")), ErrorCode::kResourceNotFound);
}

TEST_F(StreamOperations, WrongTypesAreToldBeforeAnythingElse) {
  for (const std::string_view name : {"ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"}) {
    const api::Operation* operation = api::find_operation(std::string(api::kDynamoDBStreams).append(name));
    ASSERT_NE(operation, nullptr);
    api::for_each_wrong_type(*operation, [&](const api::WrongType& wrong) {
      const Result<std::string> reply = call(std::string(name), wrong.body);
      ASSERT_FALSE(reply.ok()) << wrong.body;
      EXPECT_EQ(reply.error().code, ErrorCode::kSerialization) << wrong.body;
      EXPECT_EQ(reply.error().message, wrong.message) << wrong.body;
    });
  }
}

}  // namespace
}  // namespace gyre::streams
