// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/http/client.h"
#include "core/http/testing/test_server.h"

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

TEST_F(HttpServer, AnOperationIsToldWhoAsksWhereverItRuns) {
  const std::string said = R"({"Address":"127.0.0.1","Agent":"boto/1 x","Verified":0})";
  for (const std::size_t spaces : {std::size_t{0}, limits::kInlineBodyBytesMax}) {
    const std::string body = R"({"Caller":1})" + std::string(spaces, ' ');
    EXPECT_EQ(exchange(post(body, "DynamoDB_20120810.Echo", with_auth("User-Agent: boto/1 x\r\n"))).body,
              said);
  }
  EXPECT_EQ(exchange(post(R"({"Caller":1})")).body, R"({"Address":"127.0.0.1","Agent":"","Verified":0})");
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
  constexpr std::string_view kExposed = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";
  const auto preflight = exchange(
      "OPTIONS / HTTP/1.1\r\nHost: h\r\nOrigin: http://x\r\nAccess-Control-Request-Headers: a, b\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  EXPECT_EQ(preflight.status, 200);
  EXPECT_EQ(preflight.body, "");
  EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "*");
  EXPECT_EQ(preflight.headers.at("access-control-allow-headers"), "a, b");
  EXPECT_EQ(preflight.headers.at("access-control-allow-methods"), "POST");
  EXPECT_EQ(preflight.headers.at("access-control-max-age"), "172800");
  const auto raw = exchange(
      "OPTIONS / HTTP/1.1\r\nHost: h\r\nOrigin: http://x\r\nAccess-Control-Request-Headers: a\xff\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  EXPECT_EQ(raw.status, 200);
  EXPECT_EQ(raw.headers.count("access-control-allow-headers"), 0U);
  EXPECT_EQ(preflight.headers.at("access-control-expose-headers"), kExposed);
  const auto reply = exchange(post("{}", "DynamoDB_20120810.Echo", with_auth("Origin: http://x\r\n")));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "*");
  EXPECT_EQ(reply.headers.at("access-control-expose-headers"), kExposed);
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

TEST_F(HttpServer, AWebPageOfAnotherOriginCannotSendOurOwnCommands) {
  const auto status = [&](std::string_view origin, std::string_view host) {
    std::string request = post(R"({"Text":"x"})", "Gyre.Echo", "Origin: " + std::string(origin) + "\r\n");
    request.replace(request.find("db.local:8000"), 13, host);
    return exchange(request).status;
  };
  EXPECT_EQ(status("http://evil.example", "127.0.0.1:8000"), 403);
  EXPECT_EQ(status("null", "127.0.0.1:8000"), 403);
  EXPECT_EQ(status("http://127.0.0.1:3000", "127.0.0.1:8000"), 403);
  EXPECT_EQ(status("http://evil.example:8000", "evil.example:8000"), 403) << "a name made to lead here";
  EXPECT_EQ(status("http://127.0.0.1:8000", "127.0.0.1:8000"), 200);
  EXPECT_EQ(status("http://db.example:8000", "db.example:8000"), 200);
  EXPECT_EQ(status("http://allowed.example", "127.0.0.1:8000"), 200);
}

// A browser sends these without asking first.
TEST_F(HttpServer, ARequestAsAFormSendsItIsNoCommand) {
  for (const std::string_view type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
    for (const std::string_view path : {"/", "/Gyre.Echo", "/?X-Amz-Target=Gyre.Echo"}) {
      const auto reply = exchange("POST " + std::string(path) +
                                  " HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Type: " + std::string(type) +
                                  "\r\nContent-Length: 2\r\n\r\n{}");
      EXPECT_EQ(reply.status, 404) << type << path;
    }
  }
  EXPECT_EQ(exchange("POST /?X-Amz-Target=Gyre.Echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").status,
            400);
}

class TextHandler final : public Handler {
 public:
  void run(const HttpRequest& request, ReplyTo reply) override {
    std::string text(request.method);
    text.append(" ").append(request.path).append(" ").append(request.query).append(" ");
    text.append(request.parameter("id")).append(" ").append(request.connection->header("X-Some"));
    text.append(" ").append(request.body);
    if (request.query != "later") return reply({202, "text/plain", std::move(text), "X-More: 1\r\n"});
    request.sink->deliver({[reply, text] { reply({200, "text/plain", text, {}}); }});
  }
};

TEST_F(HttpServer, ARouteIsOneLineAndItsHandlerSeesTheWholeRequest) {
  routes_.add("PUT", "/2015-03-31/event-source-mappings/{id}", std::make_unique<TextHandler>());
  const auto put = [&](std::string_view target) {
    return exchange("PUT " + std::string(target) +
                    " HTTP/1.1\r\nHost: h\r\nx-some: thing\r\nContent-Length: 4\r\n\r\nbody");
  };
  const auto reply = put("/2015-03-31/event-source-mappings/a-1?b=c");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.body, "PUT /2015-03-31/event-source-mappings/a-1 b=c a-1 thing body");
  EXPECT_EQ(reply.headers.at("content-type"), "text/plain");
  EXPECT_EQ(reply.headers.at("x-more"), "1");
  EXPECT_EQ(put("/2015-03-31/event-source-mappings/a?later").status, 200);
  EXPECT_EQ(put("/2015-03-31/event-source-mappings/").body, "<UnknownOperationException/>\n");
}

TEST_F(HttpServer, ARouteIsClosedToPagesOfOtherOrigins) {
  routes_.add("PUT", "/thing", std::make_unique<TextHandler>());
  const auto status = [&](std::string_view start, std::string_view origin) {
    return exchange(std::string(start) + " /thing HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nOrigin: " +
                    std::string(origin) + "\r\nAccess-Control-Request-Method: PUT\r\n\r\n")
        .status;
  };
  EXPECT_EQ(status("PUT", "http://evil.example"), 403);
  EXPECT_EQ(status("OPTIONS", "http://evil.example"), 403);
  EXPECT_EQ(status("PUT", "http://127.0.0.1:8000"), 202);
  EXPECT_EQ(status("OPTIONS", "http://allowed.example"), 200);
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
