// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_counts.h"

#include <algorithm>
#include <set>

#include "core/http/page.h"
#include "core/http/server_status.h"
#include "core/http/testing/test_server.h"

namespace gyre::http {
namespace {

Outcome outcome_of(std::string_view name) {
  const auto names = outcome_names();
  const auto found = std::find(names.begin(), names.end(), name);
  EXPECT_NE(found, names.end()) << name;
  return static_cast<Outcome>(found - names.begin());
}

TEST(RequestCounts, CountsByOperationAndOutcomeAndTimesThem) {
  RequestCounts counts(3);
  counts.record(1, kSuccess, 1'000);
  counts.record(1, outcome_of("ValidationException"), 2'000'000);
  counts.record(2, kSuccess, 3'000);
  counts.record(3, kSuccess, 4'000);  // none that is counted by itself
  std::vector<OperationStatus> status;
  counts.add_to(status);
  counts.add_to(status);
  ASSERT_EQ(status.size(), 3u);
  EXPECT_EQ(status[0].requests(), 2u);
  EXPECT_EQ(status[1].outcomes[kSuccess], 2u);
  EXPECT_EQ(status[1].outcomes[outcome_of("ValidationException")], 2u);
  EXPECT_EQ(status[1].took_ns.count(), 4u);
  EXPECT_EQ(status[1].took_ns.sum, 2u * 2'001'000u);
  EXPECT_EQ(status[2].requests(), 2u);
}

TEST(RequestCounts, EveryErrorHasAnOutcomeOfItsOwnName) {
  const auto names = outcome_names();
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const ErrorReply reply = error_reply({static_cast<ErrorCode>(code), "x"});
    ASSERT_LT(reply.outcome, names.size());
    EXPECT_NE(reply.body.find("#" + std::string(names[reply.outcome]) + "\""), std::string::npos)
        << reply.body;
  }
  EXPECT_EQ(names[missing_authentication_token().outcome], "MissingAuthenticationTokenException");
  EXPECT_EQ(names[incomplete_signature("x").outcome], "IncompleteSignatureException");
  EXPECT_EQ(names[invalid_signature("x").outcome], "InvalidSignatureException");
  EXPECT_EQ(names[forbidden_origin("x").outcome], "AccessDeniedException");
}

class CountedRequests : public ServerTest {
 protected:
  CountedRequests() { options_.operations = router_.names().size(); }

  OperationStatus of(std::string_view operation) {
    const auto names = router_.names();
    const auto found = std::find(names.begin(), names.end(), operation);
    EXPECT_NE(found, names.end()) << operation;
    return server_->status().operations.at(static_cast<std::size_t>(found - names.begin()));
  }
};

TEST_F(CountedRequests, AreThoseThatWereAnswered) {
  exchange(post("{}"));
  exchange(post("{}"));
  exchange(post(R"({"Fail":true})"));
  exchange(post("{}", "Gyre.Echo"));
  exchange(post("{", "DynamoDB_20120810.Echo"));
  exchange(post("{}", "DynamoDB_20120810.Nonsense"));
  exchange(post("{}", "DynamoDB_20120810.CreateBackup"));
  exchange(post("{}", "DynamoDB_20120810.Echo", ""));
  exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const OperationStatus echo = of("Echo");
  EXPECT_EQ(echo.outcomes[kSuccess], 2u);
  EXPECT_EQ(echo.outcomes[outcome_of("ConditionalCheckFailedException")], 1u);
  EXPECT_EQ(echo.requests(), 3u);
  EXPECT_EQ(echo.took_ns.count(), 3u);
  EXPECT_EQ(of("Gyre.Echo").requests(), 1u);
  const OperationStatus unknown = of("unknown");
  EXPECT_EQ(unknown.outcomes[outcome_of("SerializationException")], 1u);
  EXPECT_EQ(unknown.outcomes[outcome_of("UnknownOperationException")], 2u);
  EXPECT_EQ(unknown.outcomes[outcome_of("MissingAuthenticationTokenException")], 1u);
  EXPECT_EQ(unknown.requests(), 4u);
  EXPECT_EQ(server_->status().accepted, 9u);
}

TEST_F(CountedRequests, OfLargeBodiesAndLateAnswersCountToo) {
  exchange(post("{\"Text\":\"" + std::string(limits::kInlineBodyBytesMax, 'x') + "\"}"));
  EXPECT_EQ(of("Echo").outcomes[kSuccess], 1u);
  RawClient client(server_->port());
  client.send(post("{}", "DynamoDB_20120810.Deferred"));
  deferred_->wait_for(1);
  EXPECT_EQ(of("Deferred").requests(), 0u);
  deferred_->answer_all();
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(of("Deferred").outcomes[kSuccess], 1u);
}

TEST_F(CountedRequests, ConnectionsThatAreTurnedAwayAreCounted) {
  options_.connections_max = 1;
  serve();
  RawClient first(server_->port());
  first.send(post("{}"));
  EXPECT_EQ(first.receive().status, 200);
  RawClient second(server_->port());
  EXPECT_EQ(second.receive().status, 503);
  const ServerStatus status = server_->status();
  EXPECT_EQ(status.connections, 1u);
  EXPECT_EQ(status.connections_max, 1u);
  EXPECT_EQ(status.accepted, 1u);
  EXPECT_EQ(status.turned_away, 1u);
}

TEST_F(CountedRequests, APageIsMadeForEachRequestAndNotCounted) {
  int made = 0;
  routes_.add("GET", "/page", make_page_handler("text/plain", [&] { return std::to_string(++made); }));
  EXPECT_EQ(exchange("GET /page HTTP/1.1\r\nHost: h\r\n\r\n").body, "1");
  const auto reply = exchange("GET /page HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(reply.body, "2");
  EXPECT_EQ(reply.headers.at("content-type"), "text/plain");
  for (const OperationStatus& status : server_->status().operations) EXPECT_EQ(status.requests(), 0u);
}

}  // namespace
}  // namespace gyre::http
