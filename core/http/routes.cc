// SPDX-License-Identifier: Apache-2.0
#include "core/http/routes.h"

#include <algorithm>

#include "core/base/check.h"

namespace gyre::http {
namespace {

constexpr int kParameterRank = 1;
constexpr int kStarRank = 1'000'000;  // less the pattern's length

int rank_of(std::string_view pattern) {
  if (pattern.ends_with('*')) return kStarRank - static_cast<int>(pattern.size());
  return pattern.find('{') == std::string_view::npos ? 0 : kParameterRank;
}

// Takes the first segment off a path that begins with a slash.
std::string_view take_segment(std::string_view& path) {
  const std::string_view segment = path.substr(0, path.find('/', 1));
  path.remove_prefix(segment.size());
  return segment.substr(std::min<std::size_t>(1, segment.size()));
}

bool match_segments(std::string_view pattern, std::string_view path, Routes::Parameters& parameters) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = take_segment(pattern);
    const std::string_view found = take_segment(path);
    if (expected.starts_with('{')) {
      if (found.empty()) return false;
      parameters.emplace_back(expected.substr(1, expected.size() - 2), found);
    } else if (expected != found) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

bool match(std::string_view pattern, int rank, std::string_view path, Routes::Parameters& parameters) {
  if (rank == 0) return pattern == path;
  if (rank == kParameterRank) return match_segments(pattern, path, parameters);
  pattern.remove_suffix(1);
  // "/console/*" also leads to "/console".
  return path.starts_with(pattern) ||
         (pattern.ends_with('/') && path == pattern.substr(0, pattern.size() - 1));
}

}  // namespace

void Routes::add(std::string method, std::string pattern, std::unique_ptr<Handler> handler) {
  CHECK(handler != nullptr);
  CHECK(pattern == "*" || pattern.starts_with('/'));
  for (const Route& route : routes_) CHECK(route.method != method || route.pattern != pattern);
  const int rank = rank_of(pattern);
  const auto place =
      std::find_if(routes_.begin(), routes_.end(), [&](const Route& route) { return route.rank > rank; });
  routes_.insert(place, Route{std::move(method), std::move(pattern), std::move(handler), rank});
}

Handler* Routes::find(std::string_view method, std::string_view path, Parameters& parameters) const {
  for (const Route& route : routes_) {
    if (route.method != method) continue;
    parameters.clear();
    if (match(route.pattern, route.rank, path, parameters)) return route.handler.get();
  }
  parameters.clear();
  return nullptr;
}

}  // namespace gyre::http
