// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gyre::http {

/// Whose web pages may use what is not open to all origins: Gyre's own commands, and every route but
/// DynamoDB's. A browser names a page's origin in each request that is more than a plain GET; what is no
/// browser names none, and is none of this class's business. Constant, any thread.
class Origins {
 public:
  /// `allowed` as browsers write them ("https://console.example:8443"); `own_host` is the name under which
  /// this server is reached.
  Origins(std::vector<std::string> allowed, std::string own_host);

  /// True for an origin that is allowed by name, and for a page that this server served: its host and port
  /// are those of the request's Host header. That host must be an address, localhost or `own_host`: any
  /// other name may be an outsider's, made to lead here (DNS rebinding).
  bool allows(std::string_view origin, std::string_view host) const;

 private:
  bool is_own_name(std::string_view host) const;

  const std::vector<std::string> allowed_;
  const std::string own_host_;
};

}  // namespace gyre::http
