// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace gyre::storage {

/// Who asked for a write, and from where: what its change record says of it. All of it is what an outsider
/// said, but for the request id and the address. A value.
struct Audit {
  std::string principal = {};       ///< an access key id; UTF-8, if it is not a peer's
  bool verified = false;            ///< the principal proved to be this one; else it only says so
  std::string request_id = {};      ///< that the reply had
  std::string source_address = {};  ///< the other end of the connection: an IPv4 or IPv6 address
  std::string user_agent = {};      ///< the header; any bytes

  bool operator==(const Audit&) const = default;
};

/// Cuts what is longer than its bound, limits::kAudit...BytesMax.
void bound(Audit& audit);

}  // namespace gyre::storage
