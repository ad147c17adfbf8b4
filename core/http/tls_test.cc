// SPDX-License-Identifier: Apache-2.0
#include "core/http/tls.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/http/client.h"
#include "core/http/testing/test_server.h"

namespace gyre::http {
namespace {

// Writes self-signed certificates and keys of their own into a directory that goes with the test.
class TestFiles {
 public:
  TestFiles() {
    std::string pattern = testing::TempDir() + "gyre-tls-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~TestFiles() { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

  // NAME.crt for the given names, and NAME.key, which is encrypted if there is a passphrase.
  TlsFiles make(const std::string& name, const std::string& names = "IP:127.0.0.1",
                const char* passphrase = nullptr) const {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("gyre"),
                               -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_EXTENSION* const extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_sign(certificate, key, EVP_sha256());

    const TlsFiles files{path(name + ".crt"), path(name + ".key")};
    BIO* out = BIO_new_file(files.certificate.c_str(), "w");
    PEM_write_bio_X509(out, certificate);
    BIO_free(out);
    out = BIO_new_file(files.key.c_str(), "w");
    PEM_write_bio_PrivateKey(out, key, passphrase == nullptr ? nullptr : EVP_aes_128_cbc(), nullptr, 0,
                             nullptr, const_cast<char*>(passphrase));
    BIO_free(out);
    X509_EXTENSION_free(extension);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return files;
  }

 private:
  std::string directory_;
};

class Tls : public ServerTest {
 protected:
  Tls() { options_.tls = files_.make("server"); }

  std::string endpoint() const { return "https://127.0.0.1:" + std::to_string(server_->port()); }
  Result<std::string> echo(const Trust& trust, std::string_view body = R"({"Text":"hi"})") const {
    return call(endpoint(), "DynamoDB_20120810.Echo", body, trust);
  }

  TestFiles files_;
};

std::string load_error(const TlsFiles& files) {
  const auto loaded = TlsContext::load(files);
  const std::string message = loaded.ok() ? "loaded" : loaded.error().message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  return message;
}

TEST_F(Tls, AGoodCertificateWithItsKeyIsLoaded) {
  EXPECT_EQ(load_error(options_.tls), "loaded");
}

TEST_F(Tls, UnusableFilesAreNamedInOneLine) {
  const TlsFiles good = options_.tls;
  const TlsFiles other = files_.make("other");
  const std::string text = files_.write("text", "no PEM at all\n");
  EXPECT_EQ(load_error({"/no/such.crt", good.key}),
            "TLS certificate '/no/such.crt': No such file or directory");
  EXPECT_EQ(load_error({good.certificate, "/no/such.key"}),
            "TLS key '/no/such.key': No such file or directory");
  EXPECT_EQ(load_error({files_.path(""), good.key}),
            "TLS certificate '" + files_.path("") + "': Is a directory");
  EXPECT_TRUE(
      load_error({text, good.key}).starts_with("TLS certificate '" + text + "': no usable PEM certificate"));
  EXPECT_TRUE(load_error({good.certificate, text}).starts_with("TLS key '" + text + "': no PEM private key"));
  EXPECT_EQ(load_error({good.certificate, other.key}),
            "TLS key '" + other.key + "': does not belong to certificate '" + good.certificate + "'");
  EXPECT_EQ(load_error({good.certificate, ""}), "TLS needs a certificate and its key; the key is missing");
  EXPECT_EQ(load_error({"", good.key}), "TLS needs a certificate and its key; the certificate is missing");
}

TEST_F(Tls, AKeyWithAPassphraseIsRefusedWithoutAsking) {
  const TlsFiles locked = files_.make("locked", "IP:127.0.0.1", "secret");
  EXPECT_TRUE(load_error(locked).starts_with("TLS key '" + locked.key +
                                             "': no PEM private key without a passphrase"));
}

TEST_F(Tls, AServerWithUnusableFilesDoesNotBind) {
  options_.tls.key = "/no/such.key";
  EXPECT_EQ(Server::bind(options_, routes_, clock_).error().code, ErrorCode::kValidation);
}

TEST_F(Tls, OurClientCallsAServerThatItTrusts) {
  serve();
  for (const Trust& trust : {Trust{options_.tls.certificate, {}}, Trust{{}, options_.tls.certificate}}) {
    const auto reply = echo(trust);
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    EXPECT_TRUE(reply->starts_with(R"({"Text":"hi")"));
    EXPECT_EQ(echo(trust, R"({"Size":3000000})")->size(), 3'000'000u);
    EXPECT_EQ(echo(trust, R"({"Fail":1})").error().code, ErrorCode::kConditionalCheckFailed);
  }
}

TEST_F(Tls, OurClientTrustsNobodyElse) {
  const TlsFiles other = files_.make("other");
  serve();
  const auto refusal = [&](const Trust& trust) {
    const Error error = echo(trust).error();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    return error.message;
  };
  EXPECT_EQ(refusal({}), "no TLS with " + endpoint() + ": self-signed certificate");
  EXPECT_EQ(refusal({other.certificate, {}}), "no TLS with " + endpoint() + ": self-signed certificate");
  EXPECT_EQ(refusal({{}, other.certificate}), "no TLS with " + endpoint() + ": self-signed certificate");
  EXPECT_EQ(echo({"/no/such.pem", {}}).error().code, ErrorCode::kValidation);
  EXPECT_EQ(echo({{}, "/no/such.pem"}).error().code, ErrorCode::kValidation);
}

TEST_F(Tls, ANameThatIsNotTheCertificatesCountsUnlessTheCertificateItselfIsKnown) {
  options_.tls = files_.make("elsewhere", "DNS:db.example");
  serve();
  EXPECT_EQ(echo({options_.tls.certificate, {}}).error().message,
            "no TLS with " + endpoint() + ": IP address mismatch");
  EXPECT_TRUE(echo({{}, options_.tls.certificate}).ok());
}

TEST_F(Tls, OurClientSaysSoWhenTheServerIsPlain) {
  options_.tls = {};
  serve();
  EXPECT_TRUE(echo({}).error().message.starts_with("no TLS with " + endpoint()));
}

TEST_F(Tls, AClientThatNeverShakesHandsIsCutOff) {
  options_.handshake_timeout_ms = 20;
  serve();
  RawClient silent(server_->port());
  EXPECT_TRUE(silent.ended());
  RawClient halfway(server_->port());
  halfway.send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(halfway.ended());
}

TEST_F(Tls, PlainHttpOnATlsPortIsTheEnd) {
  serve();
  RawClient client(server_->port());
  client.send(post("{}"));
  EXPECT_EQ(client.receive().status, 0);
  EXPECT_TRUE(echo({{}, options_.tls.certificate}).ok());
}

TEST_F(Tls, ConnectionsInTheirHandshakeCount) {
  options_.connections_max = 1;
  serve();
  const Trust trust{{}, options_.tls.certificate};
  {
    RawClient silent(server_->port());
    EXPECT_FALSE(echo(trust).ok());
  }
  while (!echo(trust).ok()) {  // until it has noticed that it has gone
  }
}

TEST_F(Tls, StopEndsHandshakes) {
  serve();
  RawClient silent(server_->port());
  server_->stop();
  EXPECT_TRUE(silent.ended());
}

}  // namespace
}  // namespace gyre::http
