// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "core/http/compression.h"
#include "core/http/testing/test_server.h"

namespace gyre::http {
namespace {

constexpr ContentCoding kGzip = ContentCoding::kGzip;
constexpr ContentCoding kDeflate = ContentCoding::kDeflate;

class HttpCompression : public ServerTest {
 protected:
  RawClient::Reply send_coded(std::string_view body, std::string_view coding) {
    return exchange(
        post(body, "DynamoDB_20120810.Echo", with_auth("Content-Encoding: " + std::string(coding) + "\r\n")));
  }

  RawClient::Reply ask_for(std::size_t size, const std::string& headers) {
    return exchange(
        post("{\"Size\":" + std::to_string(size) + "}", "DynamoDB_20120810.Echo", with_auth(headers)));
  }
};

TEST_F(HttpCompression, CompressedRequestsAreReadWithinTheSameLimit) {
  const std::string fits = "{}" + std::string(limits::kHttpBodyBytesMax - 2, ' ');
  for (const ContentCoding coding : {kGzip, kDeflate}) {
    const auto send = [&](std::string_view text) {
      return send_coded(compress(text, coding), name_of(coding));
    };
    EXPECT_TRUE(send(R"({"Text":"zipped"})").body.starts_with(R"({"Text":"zipped")"));
    EXPECT_EQ(send(fits).status, 200);
    EXPECT_EQ(send(fits + ' ').status, 413);
    EXPECT_EQ(send(std::string(1 << 26, ' ')).status, 413);
    EXPECT_EQ(send("{").body, R"({"__type":"com.amazon.coral.service#SerializationException"})");
  }
  EXPECT_EQ(send_coded("{}", "identity").status, 200);
}

TEST_F(HttpCompression, LargeRepliesGoOutAsTheyAre) {
  const std::string asking = "Accept-Encoding: gzip\r\n";
  EXPECT_EQ(ask_for(limits::kHttpCompressBytesMax, asking).headers.at("content-encoding"), "gzip");
  const auto reply = ask_for(limits::kHttpCompressBytesMax + 1, asking);
  EXPECT_EQ(reply.headers.count("content-encoding"), 0u);
  EXPECT_EQ(reply.body, std::string(limits::kHttpCompressBytesMax + 1, 'x'));
  EXPECT_EQ(reply.headers.at("x-amz-crc32"), crc32_of(reply.body));
}

TEST_F(HttpCompression, WhatCannotBeDecodedIsAnInternalErrorAsOnAws) {
  const std::string whole = compress(R"({"Text":"zipped"})", kGzip);
  const std::pair<std::string, std::string_view> cases[] = {
      {whole.substr(0, whole.size() - 1), "gzip"},
      {"{}", "gzip"},
      {"", "gzip"},
      {whole, "deflate"},
      {"{}", "deflate"},
      {"", "deflate"},
      {"{}", "garbage"},
  };
  for (const auto& [body, coding] : cases) {
    const auto reply = send_coded(body, coding);
    EXPECT_EQ(reply.status, 500) << coding;
    EXPECT_EQ(reply.body, R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"})");
    EXPECT_EQ(reply.headers.at("connection"), "keep-alive");
  }
}

TEST_F(HttpCompression, LargeRepliesAreCompressedForThoseWhoAcceptIt) {
  for (const ContentCoding coding : {kGzip, kDeflate}) {
    const auto reply = ask_for(100'000, "Accept-Encoding: br, " + std::string(name_of(coding)) + "\r\n");
    EXPECT_EQ(reply.headers.at("content-encoding"), name_of(coding));
    EXPECT_EQ(reply.headers.at("x-amz-crc32"), crc32_of(reply.body));  // of the bytes sent
    EXPECT_LT(reply.body.size(), 10'000u);
    EXPECT_EQ(decompress(reply.body, coding, 1'000'000).value(), std::string(100'000, 'x'));
  }
  EXPECT_TRUE(ask_for(4097, "Accept-Encoding: gzip\r\n").headers.contains("content-encoding"));
  EXPECT_FALSE(ask_for(4096, "Accept-Encoding: gzip\r\n").headers.contains("content-encoding"));
}

TEST_F(HttpCompression, OtherRepliesGoAsTheyAre) {
  for (const std::string headers : {"", "Accept-Encoding: identity\r\n", "Accept-Encoding: gzip;q=0\r\n",
                                    "Accept-Encoding: identity\r\nAccept-Encoding: gzip\r\n"}) {
    const auto reply = ask_for(100'000, headers);
    EXPECT_FALSE(reply.headers.contains("content-encoding")) << headers;
    EXPECT_EQ(reply.body.size(), 100'000u);
    EXPECT_EQ(reply.headers.at("x-amz-crc32"), crc32_of(reply.body));
  }
}

}  // namespace
}  // namespace gyre::http
