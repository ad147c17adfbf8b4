// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/http/client.h"
#include "core/http/server_test_support.h"

namespace gyre::http {
namespace {

class HttpServer : public ServerTest {};

TEST_F(HttpServer, AnswersAnOperationWithTheHeadersOfDynamoDb) {
  const auto reply = exchange(post(R"({"Text":"hi"})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"Text":"hi","Principal":"AKID","Endpoint":"db.local:8000"})");
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(reply.headers.at("x-amz-crc32"), crc32_of(reply.body));
  EXPECT_EQ(reply.headers.at("connection"), "keep-alive");
  EXPECT_TRUE(reply.headers.contains("date"));
  const std::string& id = reply.headers.at("x-amzn-requestid");
  EXPECT_EQ(id.size(), 52u);
  EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), std::string::npos);
}

TEST_F(HttpServer, ABodyOf16MegabytesPassesAndOneByteMoreIs413) {
  const std::size_t limit = limits::kHttpBodyBytesMax;
  EXPECT_EQ(exchange(post("{}" + std::string(limit - 2, ' '))).status, 200);

  RawClient client(server_->port());
  client.send(post("{}" + std::string(limit - 1, ' ')));
  const auto reply = client.receive();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.headers.at("connection"), "close");
  EXPECT_TRUE(client.ended());

  // Without a length, the limit is met on the way.
  RawClient chunked(server_->port());
  chunked.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 17; ++i) chunked.send("100000\r\n" + std::string(0x100000, ' ') + "\r\n");
  EXPECT_EQ(chunked.receive().status, 413);
}

TEST_F(HttpServer, HeadersBeyond16KilobytesAre431) {
  EXPECT_EQ(
      exchange(post("{}", "DynamoDB_20120810.Echo", with_auth("X-A: " + std::string(8000, 'a') + "\r\n")))
          .status,
      200);
  EXPECT_EQ(
      exchange(post("{}", "DynamoDB_20120810.Echo", with_auth("X-A: " + std::string(20'000, 'a') + "\r\n")))
          .status,
      431);
}

TEST_F(HttpServer, AnythingButAJsonPostIs404) {
  const std::vector<std::string> requests = {
      "PUT / HTTP/1.1\r\nHost: h\r\n\r\n",
      "OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /x HTTP/1.1\r\nHost: h\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\n\r\n{}",
  };
  for (const std::string& request : requests) {
    const auto reply = exchange(request);
    EXPECT_EQ(reply.status, 404) << request;
    EXPECT_EQ(reply.body, "<UnknownOperationException/>\n");
    EXPECT_EQ(reply.headers.at("x-amz-crc32"), "3552371480");  // as measured on AWS
  }
}

TEST_F(HttpServer, EveryOtherMethodIs404AndTheConnectionGoesOn) {
  serve();
  RawClient client(server_->port());
  for (const std::string method : {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"}) {
    client.send(method + " / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
    const auto reply = client.receive();
    EXPECT_EQ(reply.status, 404) << method;
    EXPECT_EQ(reply.body, "<UnknownOperationException/>\n");
  }
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto head = client.receive();
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.headers.at("content-length"), "0");
  client.send(post("{}"));
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(HttpServer, TheJsonTypesOfARequestAreThoseOfItsReply) {
  const auto type_of_reply = [&](const std::string& type) {
    const auto reply =
        exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: " + type + "\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(reply.body, reply.status == 400
                              ? R"({"__type":"com.amazon.coral.service#SerializationException"})"
                              : "<UnknownOperationException/>\n");
    return reply.status == 400 ? reply.headers.at("content-type") : "none";
  };
  EXPECT_EQ(type_of_reply("application/json"), "application/json");
  EXPECT_EQ(type_of_reply("  application/json \t ;   asfd"), "application/json");
  EXPECT_EQ(type_of_reply("application/x-amz-json-1.0"), "application/x-amz-json-1.0");
  EXPECT_EQ(type_of_reply("application/x-amz-json-1.0;blah"), "application/x-amz-json-1.0");
  EXPECT_EQ(type_of_reply("application/jsonasdf"), "none");
  EXPECT_EQ(type_of_reply("text/plain"), "none");
  // Nothing in the body: no type is asked for, and the plain one is answered.
  EXPECT_EQ(exchange("POST / HTTP/1.1\r\nHost: h\r\n\r\n").headers.at("content-type"), "application/json");
}

TEST_F(HttpServer, SaysThatItIsHealthy) {
  const auto reply = exchange("GET / HTTP/1.1\r\nHost: db.local\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "healthy: db.local ");
  EXPECT_EQ(reply.headers.at("x-amz-crc32"), crc32_of(reply.body));
  EXPECT_EQ(exchange("GET /?a=b HTTP/1.0\r\n\r\n").body, "healthy:  ");
}

TEST_F(HttpServer, AnswersCrossOriginRequestsAndTheirPreflight) {
  const auto preflight = exchange(
      "OPTIONS / HTTP/1.1\r\nHost: h\r\nOrigin: http://x\r\nAccess-Control-Request-Headers: a, b\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  EXPECT_EQ(preflight.status, 200);
  EXPECT_EQ(preflight.body, "");
  EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "*");
  EXPECT_EQ(preflight.headers.at("access-control-allow-headers"), "a, b");
  EXPECT_EQ(preflight.headers.at("access-control-allow-methods"), "POST");
  EXPECT_EQ(preflight.headers.at("access-control-max-age"), "172800");
  EXPECT_EQ(exchange(post("{}", "DynamoDB_20120810.Echo", with_auth("Origin: http://x\r\n")))
                .headers.at("access-control-allow-origin"),
            "*");
  EXPECT_EQ(exchange(post("{", "", "Origin: http://x\r\n")).headers.at("access-control-allow-origin"), "*");
  EXPECT_FALSE(exchange(post("{}")).headers.contains("access-control-allow-origin"));
}

TEST_F(HttpServer, JsonIsCheckedBeforeTheTargetAndTheTargetBeforeTheSignature) {
  constexpr std::string_view kSerialization =
      R"({"__type":"com.amazon.coral.service#SerializationException"})";
  EXPECT_EQ(exchange(post("{", "", "")).body, kSerialization);
  EXPECT_EQ(exchange(post("{}", "", "")).body,
            R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
  EXPECT_TRUE(exchange(post("{}", "DynamoDB_20120810.Nonsense", ""))
                  .body.starts_with(R"({"__type":"com.amazon.coral.service#UnknownOperationException")"));
  EXPECT_NE(exchange(post("{}", "DynamoDB_20120810.CreateBackup", ""))
                .body.find("does not have this operation yet"),
            std::string::npos);
  EXPECT_EQ(exchange(post("", "DynamoDB_20120810.Echo", "")).body,
            R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
            R"("message":"Request is missing Authentication Token"})");
  for (const std::string_view body : {"", "[]", "1"}) EXPECT_EQ(exchange(post(body)).body, kSerialization);
  EXPECT_EQ(exchange(post("{")).status, 400);
}

TEST_F(HttpServer, OurOwnOperationsNeedNoSignatureOnThisMachine) {
  const auto reply = exchange(post(R"({"Text":"x"})", "Gyre.Echo", ""));
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find(R"("Principal":"gyre")"), std::string::npos);
}

TEST_F(HttpServer, AnErrorCarriesItsMembers) {
  const auto reply = exchange(post(R"({"Fail":true})"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
                        R"("message":"The conditional request failed","Item":{}})");
}

TEST_F(HttpServer, LargeRepliesArriveWhole) {
  EXPECT_EQ(exchange(post(R"({"Size":15000000})")).body.size(), 15'000'000u);
}

TEST_F(HttpServer, OurClientCallsOperationsAndUnderstandsErrors) {
  serve();
  const std::string endpoint = "http://127.0.0.1:" + std::to_string(server_->port());
  EXPECT_TRUE(
      call(endpoint, "DynamoDB_20120810.Echo", R"({"Text":"hi"})").value().starts_with(R"({"Text":"hi")"));
  EXPECT_EQ(call(endpoint + "/", "DynamoDB_20120810.Echo", R"({"Size":3000000})")->size(), 3'000'000u);

  const auto failed = call(endpoint, "DynamoDB_20120810.Echo", R"({"Fail":1})");
  EXPECT_EQ(failed.error().code, ErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(failed.error().message, "The conditional request failed");
  EXPECT_EQ(call(endpoint, "Nonsense", "{}").error().code, ErrorCode::kUnknownOperation);
  EXPECT_EQ(call("localhost", "x", "{}").error().code, ErrorCode::kValidation);

  server_->stop();
  const auto nobody = call(endpoint, "DynamoDB_20120810.Echo", "{}");
  EXPECT_EQ(nobody.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(nobody.error().message.find(endpoint), std::string::npos);
}

}  // namespace
}  // namespace gyre::http
