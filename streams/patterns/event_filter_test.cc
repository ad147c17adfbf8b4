// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/event_filter.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "streams/patterns/record_fixture_test.h"

namespace gyre::streams {
namespace {

AttributeValue text(const char* value) {
  return AttributeValue::string(value);
}
AttributeValue number(const char* value) {
  return AttributeValue::number(Number::parse(value).value());
}

storage::ChangeRecord order() {
  return record_of(
      {{"id", text("order-1")},
       {"empty", text("")},
       {"paid", AttributeValue::boolean(true)},
       {"none", AttributeValue::null()},
       {"price", number("101.50")},
       {"blob", AttributeValue::binary("hi")},
       {"dotted.name", text("d")},
       {"tags", AttributeValue::string_set({"new", "sale"}).value()},
       {"sizes", AttributeValue::number_set({Number::from_int(3), Number::from_int(40)}).value()},
       {"nothing", AttributeValue::list({})},
       {"address", AttributeValue::map({{"city", text("Köln")}, {"code", number("50667")}})},
       {"lines", AttributeValue::list({AttributeValue::map({{"sku", text("a")}, {"count", number("1")}}),
                                       AttributeValue::map({{"sku", text("b")}, {"count", number("2")}})})}});
}

bool matches(const std::string& pattern, const storage::ChangeRecord& record,
             PatternMode mode = PatternMode::kAws, const RecordView& view = example_view()) {
  const std::vector<std::string> patterns = {pattern};
  const auto filter = EventFilter::compile(patterns, mode);
  EXPECT_TRUE(filter.ok()) << pattern << ": " << (filter.ok() ? "" : filter.error().message);
  if (!filter.ok()) return false;
  Work work;
  return filter->matches(record, view, work).value();
}

// Of the new image.
std::string image(const std::string& fields) {
  return R"({"dynamodb":{"NewImage":{)" + fields + "}}}";
}

struct Case {
  std::string pattern;
  bool aws;
  bool typed;
};

TEST(EventFilter, MatchesAsAwsDoesAndTypedModeKnowsNumbers) {
  const std::vector<Case> cases = {
      // Where AWS's documentation says nothing, what its own matcher does (README.md).
      {R"({"eventName":["INSERT"]})", true, true},
      {R"({"eventName":["MODIFY","REMOVE"]})", false, false},
      {R"({"eventName":["INSERT"],"eventSource":["aws:dynamodb"],"awsRegion":["here"]})", true, true},
      {R"({"eventName":["INSERT"],"awsRegion":["there"]})", false, false},
      {R"({"eventSourceARN":[{"suffix":"/2026-11-21T08:15:30.123"}]})", true, true},
      {R"({"userIdentity":{"type":["Service"]}})", false, false},
      {R"({"userIdentity":{"type":[{"exists":false}]}})", true, true},
      // The type is part of the path.
      {image(R"("id":{"S":["order-1"]})"), true, true},
      {image(R"("id":["order-1"])"), false, false},
      {image(R"("id":[{"exists":true}])"), false, false},
      {image(R"("id":{"S":[{"exists":true}]})"), true, true},
      {image(R"("id":[{"exists":false}])"), true, true},
      {image(R"("id":{"S":[{"exists":false}]})"), false, false},
      {image(R"("missing":{"S":[{"exists":false}]})"), true, true},
      {image(R"("missing":{"S":[{"anything-but":"x"}]})"), false, false},
      {image(R"("missing":{"S":[null]})"), false, false},
      // An N is text to AWS.
      {image(R"("price":{"N":[{"numeric":[">",100]}]})"), false, true},
      {image(R"("price":{"N":[{"numeric":[">",100,"<=",101.5]}]})"), false, true},
      {image(R"("price":{"N":[{"numeric":[">",100,"<",101.5]}]})"), false, false},
      {image(R"("price":{"N":[{"numeric":["=",101.5]}]})"), false, true},
      {image(R"("price":{"N":[101.5]})"), false, true},
      {image(R"("price":{"N":["101.5"]})"), true, true},
      {image(R"("price":{"N":["101.50"]})"), false, false},
      {image(R"("price":{"N":[{"numeric":[">",100]},{"anything-but":"101"}]})"), true, true},
      {image(R"("price":{"N":[{"anything-but":[101.5]}]})"), true, false},
      {image(R"("price":{"N":[{"prefix":"101"}]})"), true, true},
      // Numbers of the record itself are numbers, compared as they are written.
      {R"({"dynamodb":{"ApproximateCreationDateTime":[{"numeric":[">",0]}]}})", true, true},
      {R"({"dynamodb":{"ApproximateCreationDateTime":[{"numeric":["=",1800000000]}]}})", true, true},
      {R"({"dynamodb":{"ApproximateCreationDateTime":[1800000000.0]}})", true, true},
      {R"({"dynamodb":{"ApproximateCreationDateTime":[1800000000]}})", false, false},
      {R"({"dynamodb":{"SizeBytes":[{"numeric":[">=",10,"<",1000]}]}})", true, true},
      {R"({"dynamodb":{"SizeBytes":["160"]}})", false, false},
      {R"({"dynamodb":{"SizeBytes":[{"prefix":"1"}]}})", false, false},
      {R"({"dynamodb":{"SizeBytes":[{"anything-but":"1"}]}})", true, true},
      {R"({"dynamodb":{"StreamViewType":["NEW_AND_OLD_IMAGES"]}})", true, true},
      // Text.
      {image(R"("id":{"S":[{"prefix":"order-"}]})"), true, true},
      {image(R"("id":{"S":[{"prefix":"Order-"}]})"), false, false},
      {image(R"("id":{"S":[{"prefix":{"equals-ignore-case":"ORDER-"}}]})"), true, true},
      {image(R"("id":{"S":[{"suffix":"-1"}]})"), true, true},
      {image(R"("id":{"S":[{"suffix":{"equals-ignore-case":"ER-1"}}]})"), true, true},
      {image(R"("id":{"S":[{"equals-ignore-case":"ORDER-1"}]})"), true, true},
      {image(R"("address":{"M":{"city":{"S":[{"equals-ignore-case":"KÖLN"}]}}})"), true, true},
      {image(R"("id":{"S":[{"anything-but":"order-1"}]})"), false, false},
      {image(R"("id":{"S":[{"anything-but":["order-2","order-3"]}]})"), true, true},
      {image(R"("id":{"S":[{"anything-but":[1,2]}]})"), true, true},
      {image(R"("empty":{"S":[""]})"), true, true},
      {image(R"("empty":{"S":[{"prefix":""}]})"), true, true},
      {image(R"("id":{"S":[""]})"), false, false},
      {image(R"("blob":{"B":["aGk="]})"), true, true},
      // BOOL and NULL are true or false; no value is null.
      {image(R"("paid":{"BOOL":[true]})"), true, true},
      {image(R"("paid":{"BOOL":["true"]})"), false, false},
      {image(R"("paid":{"BOOL":[{"anything-but":"true"}]})"), true, true},
      {image(R"("none":{"NULL":[true]})"), true, true},
      {image(R"("none":{"NULL":[null]})"), false, false},
      // Names with dots and names between dots are the same to AWS.
      {image(R"("dotted.name":{"S":["d"]})"), true, true},
      {image(R"("dotted":{"name":{"S":["d"]}})"), true, true},
      {R"({"dynamodb.NewImage.id.S":["order-1"]})", true, true},
      // Sets and lists: some element.
      {image(R"("tags":{"SS":["sale"]})"), true, true},
      {image(R"("tags":{"SS":["sale","other"]})"), true, true},
      {image(R"("tags":{"SS":["other"]})"), false, false},
      {image(R"("tags":{"SS":[{"anything-but":"sale"}]})"), true, true},
      {image(R"("sizes":{"NS":["40"]})"), true, true},
      {image(R"("sizes":{"NS":[{"numeric":[">",30]}]})"), false, true},
      {image(R"("nothing":{"L":[{"exists":true}]})"), false, false},
      {image(R"("lines":{"L":{"M":{"sku":{"S":["b"]}}}})"), true, true},
      {image(R"("lines":{"L":{"M":{"sku":{"S":["b"]},"count":{"N":["2"]}}}})"), true, true},
      {image(R"("lines":{"L":{"M":{"sku":{"S":["a"]},"count":{"N":["2"]}}}})"), false, false},
      {image(R"("lines":{"L":{"M":{"sku":{"S":[{"exists":false}]}}}})"), false, false},
      // $or.
      {R"({"$or":[{"eventName":["REMOVE"]},{"awsRegion":["here"]}]})", true, true},
      {R"({"$or":[{"eventName":["REMOVE"]},{"awsRegion":["there"]}]})", false, false},
      {R"({"eventName":["REMOVE"],"$or":[{"awsRegion":["here"]},{"awsRegion":["there"]}]})", false, false},
      {image(R"("$or":[{"id":{"S":["x"]}},{"paid":{"BOOL":[true]},"id":{"S":["order-1"]}}])"), true, true},
      {image(
           R"("lines":{"L":{"M":{"sku":{"S":["a"]},"$or":[{"count":{"N":["2"]}},{"count":{"N":["1"]}}]}}})"),
       true, true},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(matches(one.pattern, order(), PatternMode::kAws), one.aws) << one.pattern;
    EXPECT_EQ(matches(one.pattern, order(), PatternMode::kTyped), one.typed) << one.pattern;
  }
}

TEST(EventFilter, TypedModeComparesAllDigits) {
  const auto record = record_of({{"n", number("12345678901234567890123456789012345678")}});
  EXPECT_TRUE(matches(image(R"("n":{"N":[{"numeric":[">","12345678901234567890123456789012345677"]}]})"),
                      record, PatternMode::kTyped));
  EXPECT_FALSE(matches(image(R"("n":{"N":[{"numeric":["<","12345678901234567890123456789012345678"]}]})"),
                       record, PatternMode::kTyped));
}

TEST(EventFilter, AFieldThatIsNoOrIsNamedSo) {
  const auto record = record_of({{"$or", text("x")}});
  EXPECT_TRUE(matches(image(R"("$or":{"S":["x"]})"), record));
}

TEST(EventFilter, ExpiriesAreTold) {
  storage::ChangeRecord record = order();
  record.kind = storage::ChangeKind::kRemove;
  record.version = {hybrid_from_ms(1000) + 1, RegionId("expiry")};
  record.origin.region = RegionId("here");
  const std::string pattern =
      R"({"userIdentity":{"type":["Service"],"principalId":["dynamodb.amazonaws.com"]}})";
  EXPECT_TRUE(matches(pattern, record));
  record.origin.region = RegionId("there");
  EXPECT_FALSE(matches(pattern, record));
}

TEST(EventFilter, SeesWhatTheStreamShows) {
  const std::string pattern = image(R"("id":{"S":["order-1"]})");
  RecordView view = example_view();
  view.view_type = StreamViewType::kKeysOnly;
  EXPECT_FALSE(matches(pattern, order(), PatternMode::kAws, view));
  EXPECT_TRUE(matches(R"({"dynamodb":{"Keys":{"id":{"S":["order-1"]}}}})", order(), PatternMode::kAws, view));
}

TEST(EventFilter, OneOfSeveralPatternsIsEnoughAndNoneMatchesAll) {
  const std::vector<std::string> patterns = {R"({"eventName":["REMOVE"]})", R"({"eventName":["INSERT"]})"};
  Work work;
  EXPECT_TRUE(EventFilter::compile(patterns)->matches(order(), example_view(), work).value());
  EXPECT_TRUE(EventFilter().matches(order(), example_view(), work).value());
  const std::vector<std::string> many(limits::kEventFiltersMax + 1, patterns[0]);
  EXPECT_FALSE(EventFilter::compile(many).ok());
}

TEST(EventFilter, ALargeItemTakesNoMoreWorkThanItMay) {
  std::vector<std::string> members;
  for (int i = 0; i < 50'000; ++i) members.push_back(std::to_string(i));
  const auto record = record_of({{"s", AttributeValue::string_set(std::move(members)).value()}});
  const std::vector<std::string> patterns = {image(R"("s":{"SS":["none"]})")};
  const auto filter = EventFilter::compile(patterns).value();
  Work little(1'000'000);
  EXPECT_EQ(filter.matches(record, example_view(), little).error().code, ErrorCode::kIncomplete);
  Work enough;
  EXPECT_FALSE(filter.matches(record, example_view(), enough).value());
}

TEST(EventFilter, DamageIsReported) {
  storage::ChangeRecord record = order();
  record.new_image.pop_back();
  const std::vector<std::string> patterns = {image(R"("lines":{"L":{"M":{"sku":{"S":["z"]}}}})")};
  Work work;
  EXPECT_EQ(EventFilter::compile(patterns)->matches(record, example_view(), work).error().code,
            ErrorCode::kCorruption);
}

}  // namespace
}  // namespace gyre::streams
