// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inside core/http only: shows Asio's TLS.
#include <boost/asio/ssl/context.hpp>
#include <string>

#include "core/base/result.h"
#include "core/http/client.h"

namespace gyre::http {

/// A client's side of TLS 1.2 and 1.3, which trusts only what `trust` names. kValidation, in one line, if a
/// file of it cannot be used.
Result<boost::asio::ssl::context> client_context(const Trust& trust);

/// Before the handshake of `connection`: the peer must be `host`, a name or an address. With
/// Trust::certificate the certificate itself says who it is, and its names do not matter.
void expect_host(SSL* connection, const std::string& host, const Trust& trust);

/// Why the handshake failed: what is wrong with the peer's certificate, if that was it.
std::string handshake_fault(const SSL* connection, boost::system::error_code error);

}  // namespace gyre::http
