// SPDX-License-Identifier: Apache-2.0
// Requests whose end two programs on the way could see in different places, and heads that never end.
#include <gtest/gtest.h>

#include <string>

#include "core/http/testing/test_server.h"
#include "core/json/utf8.h"

namespace gyre::http {
namespace {

class Smuggling : public ServerTest {
 protected:
  static std::string head(std::string_view framing, std::string_view version = "1.1") {
    return "POST / HTTP/" + std::string(version) +
           "\r\nHost: h\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: "
           "DynamoDB_20120810.Echo\r\n" +
           std::string(kAuthorization) + std::string(framing) + "\r\n";
  }

  // The status of the one reply that comes before the server closes; what follows must not be run.
  int refused(const std::string& request) {
    if (!server_) serve();
    RawClient client(server_->port());
    client.send(request + post(R"({"Text":"smuggled"})"));
    const auto reply = client.receive();
    EXPECT_EQ(reply.headers.at("connection"), "close") << request;
    EXPECT_TRUE(client.ended()) << request;
    return reply.status;
  }
};

TEST_F(Smuggling, ATransferCodingThatIsNotChunkedIsRefused) {
  for (const char* coding :
       {"gzip", "gzip, chunked", "chunked, gzip", "identity", "xchunked", "chunked;q=1", ""}) {
    EXPECT_EQ(refused(head("Transfer-Encoding: " + std::string(coding) + "\r\n") + "2\r\n{}\r\n0\r\n\r\n"),
              501)
        << coding;
  }
  EXPECT_EQ(refused(head("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")), 501);
}

TEST_F(Smuggling, TwoWaysToSayHowLongTheBodyIsAreRefused) {
  EXPECT_EQ(refused(head("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n") + "{}"), 400);
  EXPECT_EQ(refused(head("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n") + "{}"), 400);
  EXPECT_EQ(refused(head("Content-Length: 2\r\nTransfer-Encoding: gzip\r\n") + "{}"), 400);
  EXPECT_EQ(refused(head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"), 400);
  EXPECT_EQ(refused(head("Content-Length: 2\r\nContent-Length: 2\r\n") + "{}"), 400);
  EXPECT_EQ(refused(head("Content-Length: 2, 2\r\n") + "{}"), 400);
  EXPECT_EQ(refused(head("Transfer-Encoding: chunked\r\n", "1.0") + "0\r\n\r\n"), 400);
}

TEST_F(Smuggling, AMalformedLengthIsRefused) {
  for (const char* length : {"+2", "-2", "0x2", "2 2", "2;", "", "99999999999999999999", "2\x0b"}) {
    EXPECT_EQ(refused(head("Content-Length: " + std::string(length) + "\r\n") + "{}"), 400) << length;
  }
  for (const char* size : {"0x2", "+2", "-2", " 2", "", "g", "ffffffffffffffffff"}) {
    EXPECT_EQ(refused(head("Transfer-Encoding: chunked\r\n") + size + "\r\n{}\r\n0\r\n\r\n"), 400) << size;
  }
  EXPECT_EQ(refused(head("Transfer-Encoding: chunked\r\n") + "2\r\n{}XX0\r\n\r\n"), 400);
}

TEST_F(Smuggling, LinesEndAsTheyShould) {
  EXPECT_EQ(refused("POST / HTTP/1.1\nHost: h\n\n"), 400);
  EXPECT_EQ(refused(head("X-A: b\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"), 400);
  EXPECT_EQ(refused(head("X-A: b\rTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"), 400);
  EXPECT_EQ(refused(head("Transfer-Encoding : chunked\r\n") + "0\r\n\r\n"), 400);
  EXPECT_EQ(refused(head(std::string("X-A: b\0c\r\n", 10))), 400);
  EXPECT_EQ(refused(head("Transfer-Encoding: chunked\r\n") + "2\n{}\n0\n\n"), 400);
  EXPECT_EQ(refused(head("Host: other\r\n")), 400);
}

// RFC 9112, section 5.2, lets a server read a folded line as one.
TEST_F(Smuggling, AFoldedLineIsReadAsOne) {
  const auto reply = exchange(head("Transfer-Encoding:\r\n chunked\r\n") + "2\r\n{}\r\n0\r\n\r\n");
  EXPECT_EQ(reply.status, 200) << reply.body;
}

TEST_F(Smuggling, ATrailerIsNoPartOfTheHead) {
  const auto reply = exchange(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
      "X-Amz-Target: DynamoDB_20120810.Echo\r\n\r\n2\r\n{}\r\n0\r\n" +
      std::string(kAuthorization) + "\r\n");
  EXPECT_NE(reply.body.find("MissingAuthenticationToken"), std::string::npos) << reply.body;
}

TEST_F(Smuggling, AHeadWithTooManyFieldsIsRefused) {
  std::string many;
  for (int i = 0; i < 101; ++i) many += "a:\r\n";
  EXPECT_EQ(refused(head(many + "Content-Length: 2\r\n") + "{}"), 431);
  EXPECT_EQ(refused(head("X-A: " + std::string(16'400, 'a') + "\r\n")), 431);
}

TEST_F(Smuggling, WhatFramesAChunkEndsOrIsRefused) {
  serve();
  const std::string chunked = head("Transfer-Encoding: chunked\r\n");
  for (const std::string start : {"1;", "1", "2\r\n{}\r\n0\r\nX-Trailer: ", "2\r\n{}\r\n0;"}) {
    RawClient client(server_->port());
    client.send(chunked + start);
    client.send(std::string(64 * 1024, start == "1" ? '1' : 'a'));
    EXPECT_EQ(client.receive().status, 400) << start;
    EXPECT_TRUE(client.ended()) << start;
  }
}

TEST_F(Smuggling, AQuoteThatItsLineDoesNotCloseIsRefusedAtOnce) {
  serve();
  const std::string chunked = head("Transfer-Encoding: chunked\r\n");
  for (const std::string start : {"2;a=\"b\r\n", "2;a=\"b\\\"\r\n", "2;a=\"b\\\r\n", "2\r\n{}\r\n1;a=\"\r\n",
                                  "2\r\n{}\r\n0;a=\"\r\n\r\n"}) {
    RawClient client(server_->port());
    client.send(chunked + start);
    EXPECT_EQ(client.receive().status, 400) << start;
    EXPECT_TRUE(client.ended()) << start;
  }
}

TEST_F(Smuggling, AQuotedValueMayComeInParts) {
  serve();
  RawClient client(server_->port());
  client.send(head("Transfer-Encoding: chunked\r\n") + "1;a=\"b\\\"");
  client.send("c;\"\r\n{\r\n1;d=\"\"\r\n}\r\n0;e=\"f");
  client.send("\"\r\nX-Trailer: \"\r\n");
  client.send("\r\n");
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(Smuggling, WhatAMessageQuotesIsUtf8) {
  for (const char* target : {"DynamoDB_20120810.\xFF\xFE", "Gyre.\xC3", "\x80"}) {
    const auto reply = exchange(post("{}", target));
    EXPECT_EQ(reply.status, 400);
    EXPECT_TRUE(json::is_utf8(reply.body)) << reply.body;
    EXPECT_NE(reply.body.find("UnknownOperationException"), std::string::npos) << reply.body;
  }
  for (const char* authorization :
       {"AWS4-\xFF Credential=a/b, SignedHeaders=c, Signature=d", "AWS4-HMAC-SHA256 Credential=\xFF",
        "AWS4-HMAC-SHA256 Credential=\xFF/b, SignedHeaders=c, Signature=d"}) {
    const auto reply =
        exchange(post("{}", "DynamoDB_20120810.Echo",
                      "X-Amz-Date: x\r\nAuthorization: " + std::string(authorization) + "\r\n"));
    EXPECT_EQ(reply.status, 400) << authorization;
    EXPECT_TRUE(json::is_utf8(reply.body)) << reply.body;
  }
}

}  // namespace
}  // namespace gyre::http
