// SPDX-License-Identifier: Apache-2.0
#include "core/http/tls.h"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/ssl/context.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace gyre::http {

namespace ssl = boost::asio::ssl;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Error unusable(std::string_view what, const std::string& file, std::string_view reason) {
  return Error::validation(fmt::format("TLS {} '{}': {}", what, file, reason));
}

// The newest of OpenSSL's complaints; the older ones must not be taken for those of a later call.
std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  const std::string text = reason == nullptr ? "unknown error" : reason;
  ERR_clear_error();
  return text;
}

Result<std::string> read_pem(std::string_view what, const std::string& file) {
  if (file.empty()) {
    return Error::validation(fmt::format("TLS needs a certificate and its key; the {} is missing", what));
  }
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> in(std::fopen(file.c_str(), "rb"), &std::fclose);
  std::string text;
  std::array<char, 4096> block;
  std::size_t count = block.size();
  while (in != nullptr && count == block.size()) {
    count = std::fread(block.data(), 1, block.size(), in.get());
    text.append(block.data(), count);
  }
  if (in == nullptr || std::ferror(in.get()) != 0) return unusable(what, file, std::strerror(errno));
  return text;
}

// OpenSSL would ask at the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Key parse_key(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  return {PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr), &EVP_PKEY_free};
}

Status use_files(ssl::context& context, const TlsFiles& files) {
  ASSIGN_OR_RETURN(const std::string certificate, read_pem("certificate", files.certificate));
  ASSIGN_OR_RETURN(const std::string key_text, read_pem("key", files.key));
  boost::system::error_code error;
  context.use_certificate_chain(boost::asio::buffer(certificate), error);
  if (error) {
    return unusable("certificate", files.certificate, "no usable PEM certificate: " + error.message());
  }
  const Key key = parse_key(key_text);
  if (key == nullptr) {
    return unusable("key", files.key, "no PEM private key without a passphrase: " + openssl_reason());
  }
  if (X509_check_private_key(SSL_CTX_get0_certificate(context.native_handle()), key.get()) != 1) {
    ERR_clear_error();
    return unusable("key", files.key, fmt::format("does not belong to certificate '{}'", files.certificate));
  }
  if (SSL_CTX_use_PrivateKey(context.native_handle(), key.get()) != 1) {
    return unusable("key", files.key, openssl_reason());
  }
  return {};
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<ssl::context> context) : context_(std::move(context)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::load(const TlsFiles& files) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);          // idle connections are the rule
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);  // clients resume by tickets, which they keep
  RETURN_IF_ERROR(use_files(*context, files));
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(context)));
}

}  // namespace gyre::http
