// SPDX-License-Identifier: Apache-2.0
#include "core/http/endpoint.h"

#include <fmt/core.h>

namespace gyre::http {

Result<Endpoint> parse_endpoint(std::string_view endpoint) {
  constexpr std::string_view kPlain = "http://";
  constexpr std::string_view kEncrypted = "https://";
  const bool encrypted = endpoint.starts_with(kEncrypted);
  std::string_view rest = endpoint;
  if (encrypted || endpoint.starts_with(kPlain)) {
    rest.remove_prefix(encrypted ? kEncrypted.size() : kPlain.size());
    while (rest.ends_with('/')) rest.remove_suffix(1);
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string_view::npos && colon > 0 && colon + 1 < rest.size()) {
      std::string_view host = rest.substr(0, colon);
      if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);  // IPv6
      return Endpoint{encrypted, std::string(host), std::string(rest.substr(colon + 1))};
    }
  }
  return Error::validation(
      fmt::format("'{}' is no endpoint; one looks like http://127.0.0.1:8000", endpoint));
}

}  // namespace gyre::http
