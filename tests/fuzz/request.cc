// SPDX-License-Identifier: Apache-2.0
// Whole requests, one a line ("PutItem {...}"), through the router into a region in memory: whatever they
// hold, each is answered, by a reply that is JSON or by an error that is the request's own.
#include <algorithm>
#include <future>
#include <memory>
#include <string>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/base/completion_sink.h"
#include "core/http/router.h"
#include "core/json/json_reader.h"
#include "core/operations/operations.h"
#include "core/storage/store.h"
#include "core/storage/testing/memory_home.h"
#include "streams/operations.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

constexpr std::size_t kRequestsMax = 8;  // of one input; more say nothing new

constexpr std::string_view kTable =
    R"-({"TableName":"items","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},
                                {"AttributeName":"g","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
        "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},
        "LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
          {"AttributeName":"g","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
        "GlobalSecondaryIndexes":[{"IndexName":"global","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
          "Projection":{"ProjectionType":"KEYS_ONLY"}}]})-";

bool is_ours(ErrorCode code) {
  return code == ErrorCode::kInternal || code == ErrorCode::kCorruption || code == ErrorCode::kIncomplete ||
         code == ErrorCode::kOutcomeUnknown;
}

class Region {
 public:
  explicit Region(operations::MessageStyle style) {
    storage::StoreOptions options;
    options.region = RegionId("eu-west-1");
    options.read_threads = 1;
    store_ = storage::Store::open(storage::new_memory_home(), std::move(options), clock_).value();
    store_->writer().start();
    operations::add_operations(router_, {*store_}, style);
    streams::add_stream_operations(router_, *store_);
    call("CreateTable", kTable);
    call("PutItem", R"({"TableName":"items","Item":{"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"x"}}})");
  }
  ~Region() { store_->stop(); }

  void call(std::string_view operation, std::string_view body) {
    const Result<http::Operation*> found = find(operation);
    if (!found.ok()) return;
    json::Parser parser;
    const Result<json::Value> value = parser.parse(body);
    if (!value.ok() || !value->is_object()) return;
    std::promise<Result<std::string>> answered;
    const http::Request request{.request_id = "REQUEST",
                                .principal = "fuzzer",
                                .endpoint = "localhost",
                                .body = *value,
                                .sink = &sink_};
    (*found)->run(request, [&](Result<std::string> reply) { answered.set_value(std::move(reply)); });
    check_answer(answered.get_future().get());
  }

 private:
  Result<http::Operation*> find(std::string_view operation) const {
    Result<http::Operation*> found = router_.find("DynamoDB_20120810." + std::string(operation));
    return found.ok() ? found : router_.find("DynamoDBStreams_20120810." + std::string(operation));
  }

  static void check_answer(const Result<std::string>& reply) {
    if (!reply.ok()) {
      CHECK(!is_ours(reply.error().code));
      return;
    }
    json::Parser parser;
    CHECK(reply->empty() || parser.parse(*reply).ok());  // TagResource answers nothing
  }

  ManualClock clock_{1'795'248'930'123};
  InlineSink sink_;
  std::unique_ptr<storage::Store> store_;
  http::Router router_;
};

}  // namespace

void fuzz(std::string_view bytes) {
  for (const operations::MessageStyle style :
       {operations::MessageStyle::kCurrent, operations::MessageStyle::kAggregated}) {
    Region region(style);
    std::string_view rest = bytes;
    for (std::size_t count = 0; count < kRequestsMax && !rest.empty(); ++count) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const std::size_t space = line.find(' ');
      if (space != std::string_view::npos) region.call(line.substr(0, space), line.substr(space + 1));
    }
  }
}

}  // namespace gyre
