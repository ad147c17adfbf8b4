// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/handler.h"
#include "core/http/origins.h"

namespace gyre::http {

/// Finds the handler of a request by its method and path, and knows whose web pages may use those that are
/// not open to all. Filled by main before the server starts, constant afterwards.
///
/// A pattern is a path, in which a segment {name} matches any one that is not empty, and a "*" at the end
/// for all that may follow, also nothing: "/metrics", "/functions/{name}/versions", "/console/*", "*". A
/// literal path is preferred to one with parameters, and that to one with a star; of two stars the longer.
class Routes {
 public:
  using Parameters = std::vector<std::pair<std::string_view, std::string_view>>;

  explicit Routes(Origins origins) : origins_(std::move(origins)) {}

  /// A method and pattern may come once.
  void add(std::string method, std::string pattern, std::unique_ptr<Handler> handler);

  /// nullptr: no route leads there. Fills `parameters`, which borrow from `path` and from the pattern.
  Handler* find(std::string_view method, std::string_view path, Parameters& parameters) const;
  const Origins& origins() const { return origins_; }

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::unique_ptr<Handler> handler;
    int rank;  ///< the smaller is preferred
  };

  const Origins origins_;
  std::vector<Route> routes_;  // by rank
};

}  // namespace gyre::http
