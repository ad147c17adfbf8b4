// SPDX-License-Identifier: Apache-2.0
#include "core/http/origins.h"

#include <algorithm>

namespace gyre::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// "127.0.0.1:8000" -> "127.0.0.1", "[::1]:8000" -> "[::1]".
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_address(std::string_view host) {
  if (host.starts_with('[')) return true;
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

Origins::Origins(std::vector<std::string> allowed, std::string own_host)
    : allowed_(std::move(allowed)), own_host_(std::move(own_host)) {}

bool Origins::allows(std::string_view origin, std::string_view host) const {
  if (std::any_of(allowed_.begin(), allowed_.end(), [&](const auto& one) { return same(one, origin); })) {
    return true;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) {
      return same(origin.substr(scheme.size()), host) && is_own_name(without_port(host));
    }
  }
  return false;
}

bool Origins::is_own_name(std::string_view host) const {
  return is_address(host) || same(host, "localhost") || same(host, own_host_);
}

}  // namespace gyre::http
