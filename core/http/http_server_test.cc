// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "core/http/client.h"
#include "core/http/compression.h"
#include "core/http/server_test_support.h"

namespace gyre::http {
namespace {

using namespace std::string_literals;

class HttpServer : public ServerTest {};

std::string crc32_of(std::string_view bytes) {
  return std::to_string(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

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

TEST_F(HttpServer, SaysThatItIsHealthy) {
  const auto reply = exchange("GET / HTTP/1.1\r\nHost: db.local\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "healthy: db.local ");
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

TEST_F(HttpServer, CompressedRequestsAreReadWithinTheSameLimit) {
  const auto compressed = [&](std::string_view body) {
    return exchange(post(body, "DynamoDB_20120810.Echo", with_auth("Content-Encoding: gzip\r\n")));
  };
  EXPECT_TRUE(compressed(gzip(R"({"Text":"zipped"})")).body.starts_with(R"({"Text":"zipped")"));
  EXPECT_EQ(compressed(gzip("{}" + std::string(limits::kHttpBodyBytesMax - 2, ' '))).status, 200);
  EXPECT_EQ(compressed(gzip("{}" + std::string(limits::kHttpBodyBytesMax - 1, ' '))).status, 413);

  const std::string whole = gzip(R"({"Text":"zipped"})");
  for (const std::string& damaged : {whole.substr(0, whole.size() - 5), "no gzip"s, whole + "x"}) {
    const auto reply = compressed(damaged);
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body, R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"})");
  }
}

TEST_F(HttpServer, CompressesLargeRepliesForThoseWhoAcceptIt) {
  const auto asked = exchange(
      post(R"({"Size":100000})", "DynamoDB_20120810.Echo", with_auth("Accept-Encoding: br, gzip\r\n")));
  EXPECT_EQ(asked.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(asked.headers.at("x-amz-crc32"), crc32_of(asked.body));
  EXPECT_LT(asked.body.size(), 10'000u);
  EXPECT_EQ(inflate(asked.body, 1'000'000).value(), std::string(100'000, 'x'));

  EXPECT_EQ(exchange(post(R"({"Size":100000})")).body.size(), 100'000u);
  const auto refused = exchange(
      post(R"({"Size":100000})", "DynamoDB_20120810.Echo", with_auth("Accept-Encoding: gzip;q=0\r\n")));
  EXPECT_FALSE(refused.headers.contains("content-encoding"));
  const auto small =
      exchange(post(R"({"Size":4000})", "DynamoDB_20120810.Echo", with_auth("Accept-Encoding: gzip\r\n")));
  EXPECT_FALSE(small.headers.contains("content-encoding"));
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
