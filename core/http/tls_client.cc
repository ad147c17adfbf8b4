// SPDX-License-Identifier: Apache-2.0
#include "core/http/tls_client.h"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <cstdio>
#include <memory>

namespace gyre::http {

namespace ssl = boost::asio::ssl;

namespace {

// The first certificate of a file: the server's own.
std::unique_ptr<X509, decltype(&X509_free)> read_certificate(const std::string& file) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_file(file.c_str(), "r"), &BIO_free);
  X509* certificate = bio == nullptr ? nullptr : PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
  ERR_clear_error();
  return {certificate, &X509_free};
}

}  // namespace

Result<ssl::context> client_context(const Trust& trust) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(ssl::verify_peer);
  if (!trust.certificate.empty()) {
    const auto certificate = read_certificate(trust.certificate);
    if (certificate == nullptr) {
      return Error::validation(fmt::format("'{}' holds no PEM certificate", trust.certificate));
    }
    X509_STORE* const store = SSL_CTX_get_cert_store(context.native_handle());
    X509_STORE_add_cert(store, certificate.get());
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);  // it need not lead to a root
    return context;
  }
  boost::system::error_code error;
  if (trust.ca_bundle.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(trust.ca_bundle, error);
  }
  if (error) return Error::validation(fmt::format("CA bundle '{}': {}", trust.ca_bundle, error.message()));
  return context;
}

void expect_host(SSL* connection, const std::string& host, const Trust& trust) {
  boost::system::error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  if (no_address) SSL_set_tlsext_host_name(connection, host.c_str());
  if (!trust.certificate.empty()) return;
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(connection);
  if (no_address) {
    X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str());
  }
}

std::string handshake_fault(const SSL* connection, boost::system::error_code error) {
  const long verdict = SSL_get_verify_result(connection);
  return verdict == X509_V_OK ? error.message() : X509_verify_cert_error_string(verdict);
}

}  // namespace gyre::http
