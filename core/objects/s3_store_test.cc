// SPDX-License-Identifier: Apache-2.0
#include "core/objects/s3_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/objects/s3_reply.h"
#include "core/objects/scripted_server_test.h"

namespace gyre::objects {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kSlowDown =
    "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";

std::string answer(const std::string& status, const std::string& body = "", const std::string& headers = "") {
  return ScriptedServer::answer(status, body, headers);
}

/// A store at a server that keeps to a script, and the pauses that it made.
struct Fixture {
  explicit Fixture(std::vector<std::string> answers, S3Settings settings = {}) : server(std::move(answers)) {
    settings.endpoint = settings.path_style ? "http://" + server.authority() : "http://s3.example.com";
    if (!settings.path_style) settings.connect_to = server.authority();
    settings.bucket = "bucket";
    settings.prefix = "archives/eu/";
    settings.key = {"KEY", "SECRET", ""};
    settings.attempts_max = 3;
    store = open_s3_store(settings, clock, [this](std::uint64_t ms) { pauses.push_back(ms); }).value();
  }

  ScriptedServer server;
  ManualClock clock{1'369'353'600'000};
  std::vector<std::uint64_t> pauses;
  std::unique_ptr<ObjectStore> store;
};

TEST(S3Store, SignsAndNamesTheBucketInThePath) {
  Fixture at({answer("200 OK")});
  ASSERT_TRUE(at.store->put("a/b=c", "bytes").ok());
  const std::string request = at.server.requests().at(0);
  EXPECT_THAT(
      request,
      StartsWith("PUT /bucket/archives/eu/a/b%3Dc HTTP/1.1\r\nHost: " + at.server.authority() + "\r\n"));
  EXPECT_THAT(request, HasSubstr("x-amz-date: 20130524T000000Z\r\n"));
  EXPECT_THAT(request, HasSubstr("x-amz-content-sha256: " + http::sha256_hex("bytes") + "\r\n"));
  EXPECT_THAT(request,
              HasSubstr("Authorization: AWS4-HMAC-SHA256 Credential=KEY/20130524/us-east-1/s3/aws4_request, "
                        "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="));
  EXPECT_THAT(request, Not(HasSubstr("SECRET")));
}

TEST(S3Store, NamesTheBucketInTheHostIfToldTo) {
  S3Settings settings;
  settings.path_style = false;
  Fixture at({answer("206 Partial Content", "23", "Content-Range: bytes 2-3/9\r\n"),
              answer("200 OK", "", "ETag: \"1\"\r\n")},
             settings);
  EXPECT_EQ(at.store->get("a", 2, 2).value(), "23");
  EXPECT_THAT(at.server.requests().at(0),
              AllOf(StartsWith("GET /archives/eu/a HTTP/1.1\r\nHost: bucket.s3.example.com\r\n"),
                    HasSubstr("Range: bytes=2-3\r\n")));
  ASSERT_TRUE(at.store->head("a").ok());
  EXPECT_THAT(at.server.requests().at(1), StartsWith("HEAD /archives/eu/a "));
}

TEST(S3Store, TriesAgainWhenTheServiceIsOverloadedOrGone) {
  Fixture at({answer("503 Slow Down", kSlowDown), "", answer("200 OK")});
  ASSERT_TRUE(at.store->put("a", "bytes").ok());
  EXPECT_EQ(at.server.requests().size(), 3);
  ASSERT_EQ(at.pauses.size(), 2);
  EXPECT_THAT(at.pauses[0], AllOf(::testing::Ge(50u), ::testing::Le(100u)));
  EXPECT_THAT(at.pauses[1], AllOf(::testing::Ge(100u), ::testing::Le(200u)));
}

TEST(S3Store, GivesUpAndSaysWhatTheServiceSaid) {
  Fixture at(std::vector<std::string>(3, answer("503 Slow Down", kSlowDown)));
  const Status status = at.store->put("a", "bytes");
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(
      status.error().message,
      "s3://bucket/archives/eu/a: PUT was answered with HTTP 503 SlowDown: Please reduce your request rate.");
  EXPECT_EQ(at.server.requests().size(), 3);
}

TEST(S3Store, DoesNotTryAgainWhatWouldFailAgain) {
  Fixture at(
      {answer("403 Forbidden", "<Error><Code>AccessDenied</Code><Message>no &lt;key&gt;</Message></Error>"),
       answer("404 Not Found", "<Error><Code>NoSuchBucket</Code></Error>")});
  const auto denied = at.store->get("a", 0, 9);
  EXPECT_EQ(denied.error().code, ErrorCode::kInternal);
  EXPECT_THAT(denied.error().message,
              HasSubstr("archives/eu/a: GET was answered with HTTP 403 AccessDenied: no <key>"));
  EXPECT_EQ(at.store->remove("a").error().code, ErrorCode::kResourceNotFound);  // the bucket, not the object
  EXPECT_TRUE(at.pauses.empty());
}

TEST(S3Store, AServiceThatHangsIsGivenUp) {
  S3Settings settings;
  settings.patience_ms = 50;
  Fixture at({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
              "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Len"},
             settings);
  const auto got = at.store->get("a", 0, 9);
  EXPECT_EQ(got.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(got.error().message,
              HasSubstr("s3://bucket/archives/eu/a: nobody answers at http://127.0.0.1:"));
  EXPECT_EQ(at.pauses.size(), 2);
}

TEST(S3Store, AnAnswerThatIsLongerThanWhatWasAskedForIsCutOrRefused) {
  Fixture at({answer("200 OK", "0123456789"), answer("200 OK", std::string(70'000, 'x')),
              answer("200 OK", std::string(70'000, 'x')), answer("200 OK", std::string(70'000, 'x'))});
  EXPECT_EQ(at.store->get("a", 0, 4).value(), "0123");
  EXPECT_FALSE(at.store->get("a", 0, 4).ok());
}

TEST(S3Store, BehindTheEndThereIsNothing) {
  Fixture at({answer("416 Range Not Satisfiable", "<Error><Code>InvalidRange</Code></Error>")});
  EXPECT_EQ(at.store->get("a", 5, 4).value(), "");
  EXPECT_EQ(at.server.requests().size(), 1);
}

TEST(S3Store, CreatesOnlyWhatIsNotThere) {
  Fixture at({answer("404 Not Found"), answer("412 Precondition Failed"), answer("200 OK")});
  EXPECT_EQ(at.store->create("a", "1").value(), Created::kExistsAlready);
  EXPECT_THAT(at.server.requests().at(1), HasSubstr("If-None-Match: *\r\n"));
  EXPECT_EQ(at.store->create("a", "1").value(), Created::kExistsAlready);
  EXPECT_THAT(at.server.requests().at(2), StartsWith("HEAD "));
}

const std::string kBegun =
    "<InitiateMultipartUploadResult><UploadId>U&amp;1</UploadId></InitiateMultipartUploadResult>";

S3Settings small_parts() {
  S3Settings settings;
  settings.part_bytes = 4;
  return settings;
}

TEST(S3Store, LargeObjectsGoUpInParts) {
  Fixture at({answer("200 OK", kBegun), answer("200 OK", "", "ETag: \"1\"\r\n"),
              answer("500 Internal Server Error"), answer("200 OK", "", "ETag: \"2\"\r\n"),
              answer("404 Not Found"), answer("200 OK", "<Error><Code>InternalError</Code></Error>"),
              answer("200 OK", "<CompleteMultipartUploadResult/>")},
             small_parts());
  {
    const auto upload = at.store->upload("a").value();
    ASSERT_TRUE(upload->add("012345").ok());
    EXPECT_EQ(upload->finish().value(), Created::kCreated);
  }
  const auto requests = at.server.requests();
  ASSERT_EQ(requests.size(), 7);
  EXPECT_THAT(requests[0], StartsWith("POST /bucket/archives/eu/a?uploads= "));
  EXPECT_THAT(requests[1], StartsWith("PUT /bucket/archives/eu/a?partNumber=1&uploadId=U%261 "));
  EXPECT_THAT(requests[1], ::testing::EndsWith("\r\n\r\n0123"));
  EXPECT_THAT(requests[3], ::testing::EndsWith("\r\n\r\n45"));
  EXPECT_THAT(requests[6], HasSubstr("If-None-Match: *\r\n"));
  EXPECT_THAT(requests[6], HasSubstr("<Part><PartNumber>2</PartNumber><ETag>\"2\"</ETag></Part>"));
}

TEST(S3Store, AnUploadThatIsNotFinishedIsThrownAway) {
  Fixture at({answer("200 OK", kBegun), answer("200 OK", "", "ETag: \"1\"\r\n"), answer("204 No Content")},
             small_parts());
  {
    const auto upload = at.store->upload("a").value();
    ASSERT_TRUE(upload->add("012345").ok());
  }
  EXPECT_THAT(at.server.requests().at(2), StartsWith("DELETE /bucket/archives/eu/a?uploadId=U%261 "));
}

TEST(S3Store, AnUploadWhoseEndWasNotHeardMayBeThere) {
  Fixture at({answer("200 OK", kBegun), answer("200 OK", "", "ETag: \"1\"\r\n"),
              answer("200 OK", "", "ETag: \"2\"\r\n"), answer("404 Not Found"), "",
              answer("404 Not Found", "<Error><Code>NoSuchUpload</Code></Error>"), answer("200 OK")},
             small_parts());
  const auto upload = at.store->upload("a").value();
  ASSERT_TRUE(upload->add("012345").ok());
  EXPECT_EQ(upload->finish().value(), Created::kExistsAlready);
}

TEST(S3Store, ListsPages) {
  const auto page = [](const std::string& contents, bool more) {
    return answer("200 OK", "<ListBucketResult><IsTruncated>" + std::string(more ? "true" : "false") +
                                "</IsTruncated>" + contents + "</ListBucketResult>");
  };
  Fixture at({page("<Contents><Key>archives/eu/a</Key><Size>7</Size></Contents>"
                   "<Contents><Key>archives/eu/not ours</Key><Size>8</Size></Contents>",
                   true),
              page("", false)});
  const ObjectPage first = at.store->list("", "").value();
  ASSERT_EQ(first.objects.size(), 1);
  EXPECT_EQ(first.objects[0], (ObjectInfo{"a", 7}));
  EXPECT_EQ(first.next, "not ours");
  EXPECT_FALSE(at.store->list("", *first.next).value().next);
  EXPECT_THAT(at.server.requests().at(0),
              StartsWith("GET /bucket/?list-type=2&max-keys=1000&prefix=archives%2Feu%2F HTTP/1.1"));
  EXPECT_THAT(at.server.requests().at(1), HasSubstr("&start-after=archives%2Feu%2Fnot%20ours HTTP/1.1"));
}

// The answer to a GET may be an object that looks like a fault.
TEST(S3Store, AnObjectIsNotTakenForAFault) {
  Fixture at({answer("200 OK", kSlowDown)});
  EXPECT_EQ(at.store->get("a", 0, 1000).value(), kSlowDown);
  EXPECT_TRUE(at.pauses.empty());
}

std::string listing(const std::vector<std::string>& keys, bool more) {
  std::string body = more ? "<IsTruncated>true</IsTruncated>" : "<IsTruncated>false</IsTruncated>";
  for (const std::string& key : keys) body += "<Contents><Key>" + key + "</Key><Size>1</Size></Contents>";
  return answer("200 OK", "<ListBucketResult>" + body + "</ListBucketResult>");
}

// Else whoever goes from page to page would do so for ever.
TEST(S3Store, AListingThatDoesNotAdvanceIsRefused) {
  Fixture at({listing({"archives/eu/a/b", "archives/eu/a/c"}, true), listing({"archives/eu/a/b"}, true),
              listing({"archives/eu/a/c"}, true), listing({}, true), listing({"archives/eu/a/d"}, false)});
  const ObjectPage first = at.store->list("a/", "").value();
  ASSERT_EQ(first.next, "a/c");
  for (int page = 0; page < 3; ++page) {
    const auto refused = at.store->list("a/", *first.next);
    ASSERT_FALSE(refused.ok()) << page;
    EXPECT_THAT(refused.error().message, HasSubstr("the answer to a listing is none of S3's"));
  }
  EXPECT_EQ(at.store->list("a/", *first.next).value().objects.at(0), (ObjectInfo{"a/d", 1}));
}

TEST(S3Store, AListingOutsideOfItsPrefixIsRefused) {
  for (const char* key : {"archives/eu/b", "archives/eu/a", "archives/e", "other", ""}) {
    Fixture at({listing({key}, false)});
    EXPECT_FALSE(at.store->list("a/", "").ok()) << key;
  }
}

TEST(S3Store, CharactersMayComeAsNumbers) {
  const std::string text =
      "&#39;&#x27;&#65;&#x0041;&#xe9;&#8364;&#x1F600;&amp;#65;&#10;"  // those that are none stay as they are
      "|&#0;&#xD800;&#x110000;&#-1;&#x;&#;&#99999999999;&#65 &#+65;&#x 41;&#";
  EXPECT_EQ(element_text("<A>" + text + "</A>", "A"),
            "''AA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80&#65;\n"
            "|&#0;&#xD800;&#x110000;&#-1;&#x;&#;&#99999999999;&#65 &#+65;&#x 41;&#");
  Fixture at({listing({"archives&#47;eu&#x2f;a"}, false)});
  EXPECT_EQ(at.store->list("", "").value().objects.at(0), (ObjectInfo{"a", 1}));
}

// Neither grows without end, nor loops, nor takes anything for a key.
TEST(S3Store, ListingsThatAreNoneAreRefused) {
  for (const char* body :
       {"", "<IsTruncated>true</IsTruncated>",
        "<IsTruncated>false</IsTruncated><Contents><Key>archives/eu/a</Key></Contents>",
        "<IsTruncated>false</IsTruncated><Contents><Key>other/a</Key><Size>1</Size></Contents>",
        "<IsTruncated>false</IsTruncated><Contents><Key>archives/eu/a</Key><Size>-1</Size></Contents>",
        "<IsTruncated>false</IsTruncated><Contents><Key>archives/eu/b</Key><Size>1</Size></Contents>"
        "<Contents><Key>archives/eu/a</Key><Size>1</Size></Contents>"}) {
    Fixture at({answer("200 OK", body)});
    EXPECT_FALSE(at.store->list("", "").ok()) << body;
  }
}

TEST(S3Settings, ComeFromAUrlAndTheEnvironment) {
  std::map<std::string, std::string, std::less<>> variables = {{"AWS_ACCESS_KEY_ID", "K"},
                                                               {"AWS_SECRET_ACCESS_KEY", "S"}};
  const Environment environment = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  S3Settings settings = settings_of_url("s3://bucket/a/b/", environment).value();
  EXPECT_EQ(settings.prefix, "a/b/");
  EXPECT_EQ(address_of(settings).connect, "https://bucket.s3.us-east-1.amazonaws.com:443");
  EXPECT_EQ(address_of(settings).path_root, "/");
  variables["AWS_REGION"] = "eu-west-1";
  settings = settings_of_url("s3://my.bucket", environment).value();
  EXPECT_EQ(settings.prefix, "");
  EXPECT_EQ(address_of(settings).connect, "https://s3.eu-west-1.amazonaws.com:443");
  EXPECT_EQ(address_of(settings).path_root, "/my.bucket/");
  variables["AWS_ENDPOINT_URL"] = "http://[::1]:4568/";
  settings = settings_of_url("s3://bucket", environment).value();
  EXPECT_EQ(address_of(settings).connect, "http://[::1]:4568");
  EXPECT_EQ(address_of(settings).host, "[::1]:4568");
  variables["AWS_ENDPOINT_URL"] = "ftp://x";
  EXPECT_FALSE(settings_of_url("s3://bucket", environment).ok());
  variables.erase("AWS_ENDPOINT_URL");
  for (const char* url : {"s3://", "s3://UPPER", "s3://bucket/a b", "s3://bucket//a", "/bucket"}) {
    EXPECT_EQ(settings_of_url(url, environment).error().code, ErrorCode::kValidation) << url;
  }
  // The certificate would be checked against the name of the other address.
  settings = settings_of_url("s3://bucket", environment).value();
  settings.connect_to = "127.0.0.1:1";
  EXPECT_EQ(check_settings(settings).error().code, ErrorCode::kValidation);
  settings.endpoint = "http://s3.example.com";
  EXPECT_TRUE(check_settings(settings).ok());
  variables["AWS_ACCESS_KEY_ID"] = "K\r\nX: y";
  EXPECT_FALSE(settings_of_url("s3://bucket", environment).ok());
}

}  // namespace
}  // namespace gyre::objects
