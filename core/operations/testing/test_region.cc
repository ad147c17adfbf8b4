// SPDX-License-Identifier: Apache-2.0
#include "core/operations/testing/test_region.h"

#include <fmt/core.h>

#include <future>

#include "core/base/check.h"
#include "core/json/json_copy.h"
#include "core/operations/operations.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::operations {
namespace {

std::string normal_text(const json::Value& value) {
  std::string out;
  json::Writer writer(out);
  json::copy(writer, value, {.sort_members = true});
  return out;
}

std::string error_text(const Error& error) {
  std::string text = fmt::format("{}: {}", error_code_name(error.code), error.message);
  if (!error.reply_members.empty()) text += " " + error.reply_members;
  return text;
}

}  // namespace

std::string normal_json(std::string_view json) {
  json::Parser parser;
  const Result<json::Value> value = parser.parse(json);
  if (!value.ok()) return std::string(json);  // an error's text, compared as it is
  return normal_text(*value);
}

TestRegion::TestRegion(ReplicaControl* replicas, std::unique_ptr<storage::Engine> engine, MessageStyle style,
                       bool throttled, std::uint64_t collection_bytes_max)
    : TestRegion(replicas, engine ? storage::new_memory_home(std::move(engine)) : storage::new_memory_home(),
                 style, throttled, collection_bytes_max) {}

TestRegion::TestRegion(storage::StoreHome home)
    : TestRegion(nullptr, std::move(home), MessageStyle::kCurrent, false, limits::kItemCollectionBytesMax) {}

TestRegion::TestRegion(ReplicaControl* replicas, storage::StoreHome home, MessageStyle style, bool throttled,
                       std::uint64_t collection_bytes_max)
    : replicas_(replicas), style_(style) {
  storage::StoreOptions options;
  options.region = RegionId("eu-west-1");
  options.read_threads = 1;
  auto store = storage::Store::open(std::move(home), std::move(options), clock_);
  CHECK(store.ok());
  store_ = std::move(*store);
  index_builder_ = storage::Upkeep::make(*store_);
  index_builder_->add(storage::make_index_building(*store_));
  store_->writer().start();
  collections_ = std::make_unique<CollectionLimit>(store_->reads(), collection_bytes_max);
  add_operations(router_, {*store_, replicas, throttled ? &throttle_ : nullptr, collections_.get()}, style);
}

void TestRegion::use_aws_timings() {
  router_ = http::Router();
  add_operations(router_, {.store = *store_, .replicas = replicas_, .aws_timings = true}, style_);
}

void TestRegion::use_stale_counts() {
  router_ = http::Router();
  add_operations(router_, {.store = *store_, .replicas = replicas_, .stale_counts = true}, style_);
}

void TestRegion::replicate(std::string_view table) {
  TableSchema schema = store_->catalog().snapshot()->find(table)->schema;
  schema.group = GroupDescriptor{.owner = RegionId("eu-west-1"), .group_epoch = 2, .members = {}};
  schema.group->members.push_back(
      {RegionId("eu-west-1"), schema.incarnation, ReplicaStatus::kActive, RegionId()});
  schema.group->members.push_back(
      {RegionId("us-east-1"), IncarnationId(7), ReplicaStatus::kCreating, RegionId("eu-west-1")});
  const Status stored = storage::submit_and_wait(
      store_->writer(), storage::WriteClass::kMaintenance,
      [&](storage::WriteTransaction& transaction) { return transaction.catalog().put_table(schema); });
  CHECK(stored.ok());
}

TestRegion::~TestRegion() {
  store_->stop();
}

std::string TestRegion::call(std::string_view operation, std::string_view body) {
  const Result<http::Operation*> found = router_.find("DynamoDB_20120810." + std::string(operation));
  if (!found.ok()) return error_text(found.error());
  json::Parser parser;
  const Result<json::Value> value = parser.parse(body);
  if (!value.ok()) return error_text(value.error());
  std::promise<Result<std::string>> promise;
  const http::Request request{.request_id = "REQUEST",
                              .principal = "tester",
                              .endpoint = "localhost:8000",
                              .body = *value,
                              .sink = &sink_,
                              .intents = intents_};
  (*found)->run(request, [&promise](Result<std::string> reply) { promise.set_value(std::move(reply)); });
  const Result<std::string> reply = promise.get_future().get();
  return reply.ok() ? *reply : error_text(reply.error());
}

void TestRegion::expect(std::string_view operation, std::string_view body, std::string_view expected) {
  EXPECT_EQ(normal_json(call(operation, body)), normal_json(expected)) << operation << " " << body;
}

bool TestRegion::step_indexes() {
  return index_builder_->round();
}

void TestRegion::build_indexes() {
  while (step_indexes()) {
  }
}

void TestRegion::create_table(std::string_view name, std::string_view sort_type) {
  std::string definitions = R"({"AttributeName":"pk","AttributeType":"S"})";
  std::string keys = R"({"AttributeName":"pk","KeyType":"HASH"})";
  if (!sort_type.empty()) {
    definitions += fmt::format(R"(,{{"AttributeName":"sk","AttributeType":"{}"}})", sort_type);
    keys += R"(,{"AttributeName":"sk","KeyType":"RANGE"})";
  }
  const std::string reply =
      call("CreateTable", fmt::format(R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST",)"
                                      R"("AttributeDefinitions":[{}],"KeySchema":[{}]}})",
                                      name, definitions, keys));
  ASSERT_TRUE(reply.starts_with("{")) << reply;
}

void TestRegion::put(std::string_view table, std::string_view item) {
  expect("PutItem", fmt::format(R"({{"TableName":"{}","Item":{}}})", table, item), "{}");
}

Page read_page(TestRegion& region, std::string_view operation, const std::string& body) {
  const std::string reply = region.call(operation, body);
  json::Parser parser;
  const Result<json::Value> value = parser.parse(reply);
  Page page;
  if (!value.ok()) {
    ADD_FAILURE() << reply << " for " << body;
    return page;
  }
  if (const auto items = value->find("Items")) {
    (void)items->for_each_element([&](const json::Value& item) -> Status {
      page.items.push_back(normal_text(item));
      return {};
    });
  }
  page.count = *value->find("Count")->as_int();
  page.scanned = *value->find("ScannedCount")->as_int();
  if (const auto last = value->find("LastEvaluatedKey")) page.last_key = normal_text(*last);
  return page;
}

std::vector<std::string> read_all(TestRegion& region, std::string_view operation, const std::string& members,
                                  std::size_t limit) {
  std::vector<std::string> items;
  std::optional<std::string> start;
  do {
    std::string body = "{" + members;
    if (limit > 0) body += fmt::format(R"(,"Limit":{})", limit);
    if (start) body += R"(,"ExclusiveStartKey":)" + *start;
    const Page page = read_page(region, operation, body + "}");
    if (limit > 0) {
      EXPECT_LE(page.items.size(), limit);
    }
    items.insert(items.end(), page.items.begin(), page.items.end());
    start = page.last_key;
  } while (start);
  return items;
}

}  // namespace gyre::operations
