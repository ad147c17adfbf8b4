// SPDX-License-Identifier: Apache-2.0
// bench_instructions DIRECTORY PATH REQUESTS: runs one of the hottest paths so often, one request after the
// other, from the JSON of a request to the JSON of its reply, in a region without sockets on a RocksDB in
// DIRECTORY, which must not exist. Nothing depends on chance or on the time, so that a count of instructions
// can be repeated. The region is filled first; REQUESTS of 0 do just that.

#include <fmt/core.h>

#include <cstdio>
#include <future>
#include <map>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/base/completion_sink.h"
#include "core/http/router.h"
#include "core/operations/operations.h"
#include "core/storage/local_home.h"
#include "core/storage/store.h"

namespace gyre {
namespace {

constexpr int kKeys = 200;
constexpr int kRangeItems = 20;
constexpr int kBatchItems = 25;
const std::string kPad(300, 'x');
// As boto3 says it.
constexpr std::string_view kUserAgent =
    "Boto3/1.26.27 md/Botocore#1.29.27 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.2 "
    "md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.29.27";

class Region {
 public:
  explicit Region(const std::string& directory) {
    storage::RocksdbOptions rocksdb;
    rocksdb.directory = directory;
    storage::StoreOptions options;
    options.region = RegionId("us-east-1");
    options.read_threads = 1;
    store_ = storage::Store::open(storage::open_local_home(rocksdb).value(), options, clock_).value();
    store_->start();
    operations::add_operations(router_, {*store_});
  }
  ~Region() { store_->stop(); }

  /// Any error ends the program.
  void call(std::string_view operation, std::string_view body) {
    const Result<json::Value> value = parser_.parse(body);
    CHECK(value.ok());
    const http::Request request{.request_id = "REQUEST",
                                .principal = "bench",
                                .source_address = "127.0.0.1",
                                .user_agent = kUserAgent,
                                .endpoint = "localhost",
                                .body = *value,
                                .sink = &sink_};
    std::promise<Result<std::string>> promise;
    router_.find(operation).value()->run(
        request, [&promise](Result<std::string> reply) { promise.set_value(std::move(reply)); });
    const Result<std::string> reply = promise.get_future().get();
    if (reply.ok()) return;
    fmt::print(stderr, "{}: {}\n", operation, reply.error().message);
    std::exit(1);
  }

 private:
  ManualClock clock_{1'795'248'930'123};
  InlineSink sink_;
  json::Parser parser_;
  std::unique_ptr<storage::Store> store_;
  http::Router router_;
};

std::string key(int number) {
  return fmt::format(R"("pk":{{"S":"key{}"}})", number % kKeys);
}
std::string item(int number) {
  return fmt::format(R"({{{},"n":{{"N":"{}"}},"pad":{{"S":"{}"}}}})", key(number), number, kPad);
}

// The bodies of a path's requests, by their number.
std::string put_item(int number) {
  return fmt::format(R"({{"TableName":"items","Item":{}}})", item(number));
}
std::string put_item_if(int number) {
  return fmt::format(R"({{"TableName":"items","ConditionExpression":"attribute_exists(pk) AND n >= :zero",)"
                     R"("ExpressionAttributeValues":{{":zero":{{"N":"0"}}}},"Item":{}}})",
                     item(number));
}
std::string update_item(int number) {
  return fmt::format(R"({{"TableName":"items","Key":{{{}}},"UpdateExpression":"SET n = n + :one",)"
                     R"("ExpressionAttributeValues":{{":one":{{"N":"1"}}}}}})",
                     key(number));
}
std::string get_item(int number) {
  return fmt::format(R"({{"TableName":"items","Key":{{{}}}}})", key(number));
}
std::string query(int) {
  return R"({"TableName":"ranges","KeyConditionExpression":"pk=:p","ExpressionAttributeValues":{":p":{"S":"all"}}})";
}
std::string batch_write_item(int number) {
  std::string puts;
  for (int i = 0; i < kBatchItems; ++i) {
    puts +=
        fmt::format(R"({}{{"PutRequest":{{"Item":{}}}}})", i == 0 ? "" : ",", item(number * kBatchItems + i));
  }
  return fmt::format(R"({{"RequestItems":{{"items":[{}]}}}})", puts);
}

struct Path {
  std::string operation;
  std::string (*body)(int number);
};
const std::map<std::string, Path> kPaths = {
    {"PutItem", {"PutItem", put_item}},
    {"PutItemIf", {"PutItem", put_item_if}},
    {"UpdateItem", {"UpdateItem", update_item}},
    {"GetItem", {"GetItem", get_item}},
    {"Query20", {"Query", query}},
    {"BatchWriteItem", {"BatchWriteItem", batch_write_item}},
};

void create_table(Region& region, std::string_view name, bool sort_key) {
  region.call("DynamoDB_20120810.CreateTable",
              fmt::format(R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
                          R"({{"AttributeName":"pk","AttributeType":"S"}}{}],)"
                          R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}{}]}})",
                          name, sort_key ? R"(,{"AttributeName":"n","AttributeType":"N"})" : "",
                          sort_key ? R"(,{"AttributeName":"n","KeyType":"RANGE"})" : ""));
}

void fill(Region& region) {
  create_table(region, "items", false);
  create_table(region, "ranges", true);
  for (int i = 0; i < kKeys; ++i) region.call("DynamoDB_20120810.PutItem", put_item(i));
  for (int i = 0; i < kRangeItems; ++i) {
    region.call(
        "DynamoDB_20120810.PutItem",
        fmt::format(
            R"({{"TableName":"ranges","Item":{{"pk":{{"S":"all"}},"n":{{"N":"{}"}},"pad":{{"S":"{}"}}}}}})",
            i, kPad));
  }
}

int run(const std::string& directory, const std::string& name, int requests) {
  const auto path = kPaths.find(name);
  if (path == kPaths.end()) {
    fmt::print(stderr, "bench_instructions: no path {}\n", name);
    return 2;
  }
  Region region(directory);
  fill(region);
  const std::string target = "DynamoDB_20120810." + path->second.operation;
  // Numbers go on where those of fill() end, so that every put is a change.
  for (int i = kKeys; i < kKeys + requests; ++i) region.call(target, path->second.body(i));
  return 0;
}

}  // namespace
}  // namespace gyre

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: bench_instructions DIRECTORY PATH REQUESTS\n");
    return 2;
  }
  return gyre::run(argv[1], argv[2], std::stoi(argv[3]));
}
