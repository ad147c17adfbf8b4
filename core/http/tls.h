// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"

namespace boost::asio::ssl {
class context;
}

namespace gyre::http {

/// What a server shows to its clients: PEM files. Both empty: it speaks plain HTTP.
struct TlsFiles {
  std::string certificate;  ///< its own certificate first, then those that lead to a root
  std::string key;          ///< the private key, without a passphrase

  bool empty() const { return certificate.empty() && key.empty(); }
};

/// A server's side of TLS 1.2 and 1.3. Loaded once, outlives the connections made with it, used from any
/// thread.
class TlsContext {
 public:
  /// kValidation, in one line that names the file, on files that cannot be read or used, and on a key that
  /// does not belong to the certificate.
  static Result<std::unique_ptr<TlsContext>> load(const TlsFiles& files);
  ~TlsContext();

  boost::asio::ssl::context& context() { return *context_; }

 private:
  explicit TlsContext(std::unique_ptr<boost::asio::ssl::context> context);
  std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace gyre::http
