// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_signer.h"

#include <gtest/gtest.h>

namespace gyre::http {
namespace {

const std::string kNothing = sha256_hex("");

std::string signature(const ToSign& request, const SigningKey& key, const SigningScope& scope) {
  const std::string text = authorization(request, key, scope);
  return text.substr(text.rfind('=') + 1);
}

// AWS's examples of S3 (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
const SigningKey kS3Key{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
const SigningScope kS3Scope{"us-east-1", "s3", "20130524T000000Z"};
const Header kS3Host{"Host", "examplebucket.s3.amazonaws.com"};
const Header kS3Date{"x-amz-date", "20130524T000000Z"};

TEST(RequestSigner, SignsAsAwssExampleOfGetObject) {
  const ToSign request{
      .method = "GET",
      .path = "/test.txt",
      .query = {},
      .headers = {kS3Host, {"Range", "bytes=0-9"}, {"x-amz-content-sha256", kNothing}, kS3Date},
      .payload_hash = kNothing};
  EXPECT_EQ(authorization(request, kS3Key, kS3Scope),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(RequestSigner, SignsAsAwssExampleOfPutObject) {
  const std::string hash = sha256_hex("Welcome to Amazon S3.");
  const std::string path = "/" + percent_encoded("test$file.text", true);
  const ToSign request{.method = "PUT",
                       .path = path,
                       .query = {},
                       .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                                   kS3Host,
                                   kS3Date,
                                   {"x-amz-content-sha256", hash},
                                   {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                       .payload_hash = hash};
  EXPECT_EQ(signature(request, kS3Key, kS3Scope),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(RequestSigner, SignsAsAwssExamplesOfQueries) {
  ToSign request{.method = "GET",
                 .path = "/",
                 .query = {{"lifecycle", ""}},
                 .headers = {kS3Host, kS3Date, {"x-amz-content-sha256", kNothing}},
                 .payload_hash = kNothing};
  EXPECT_EQ(signature(request, kS3Key, kS3Scope),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  request.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_EQ(signature(request, kS3Key, kS3Scope),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

// AWS's test suite of signature version 4 (aws-sig-v4-test-suite), by the names of its folders.
struct Vector {
  const char* name;
  ToSign request;
  const char* signature;
};

TEST(RequestSigner, SignsAsAwssTestSuite) {
  const SigningKey key{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  const SigningScope scope{"us-east-1", "service", "20150830T123600Z"};
  const Header host{"Host", "example.amazonaws.com"};
  const Header date{"X-Amz-Date", "20150830T123600Z"};
  const std::string unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const Vector vectors[] = {
      {"get-vanilla",
       {"GET", "/", {}, {host, date}, kNothing},
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"post-vanilla",
       {"POST", "/", {}, {host, date}, kNothing},
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"get-vanilla-query-order-key-case",
       {"GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}, {host, date}, kNothing},
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-unreserved",
       {"GET", "/", {{percent_encoded(unreserved, false), unreserved}}, {host, date}, kNothing},
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"get-header-value-trim",
       {"GET", "/", {}, {host, {"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}, date}, kNothing},
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"get-header-value-order",
       {"GET",
        "/",
        {},
        {host,
         {"My-Header1", "value4"},
         {"My-Header1", "value1"},
         {"My-Header1", "value3"},
         {"My-Header1", "value2"},
         date},
        kNothing},
       "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
  };
  for (const Vector& vector : vectors) {
    EXPECT_EQ(signature(vector.request, key, scope), vector.signature) << vector.name;
  }
}

TEST(RequestSigner, TimesAreInUtc) {
  EXPECT_EQ(amz_time(1'369'353'600'999), "20130524T000000Z");
}

TEST(RequestSigner, EncodesAllButWhatIsUnreserved) {
  EXPECT_EQ(percent_encoded("a b/\xc3\xa9+~", true), "a%20b/%C3%A9%2B~");
  EXPECT_EQ(percent_encoded("a/b", false), "a%2Fb");
}

}  // namespace
}  // namespace gyre::http
