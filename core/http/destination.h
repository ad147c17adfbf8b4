// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/http/client.h"
#include "core/http/handler.h"

namespace gyre::http {

/// Another region of the topology, and where it serves the API.
struct RegionRoute {
  RegionId region;
  std::string endpoint;  ///< "http://HOST:PORT" or "https://HOST:PORT"
  Trust trust;
};

/// Says of a request that a region passes on for which region it is. A request that has it is never passed on
/// again.
inline constexpr std::string_view kPassedOnHeader = "X-Gyre-Passed-On-To";

/// The region in the credential scope of a signature (KEY/DATE/REGION/SERVICE/aws4_request), from the header
/// or the query form; empty if there is none. Borrows from its arguments. Any bytes.
std::string_view signed_region(std::string_view authorization, std::string_view query);

/// Where a request is to be answered.
struct Destination {
  enum class Kind {
    kHere,
    kOtherRegion,
    kUnknownRegion,  ///< signed for a region that is none of the topology
    kAstray,         ///< passed on to this region, but for another one: the topology is wrong
  };
  Kind kind = Kind::kHere;
  std::size_t route = 0;    ///< of kOtherRegion
  std::string_view region;  ///< which one; borrowed from the request
};

/// What is signed for another region is answered there. Of what is signed for this one, a request whose
/// table, stream or resource is named by an ARN of another region is answered there too; `arn_region` is that
/// of the ARN, or empty. Commands of Gyre itself are about the region that they are sent to.
Destination destination_of(const HttpRequest& request, std::string_view passed_on_to,
                           std::string_view arn_region, const RegionId& here,
                           std::span<const RegionRoute> routes);

/// The region of the ARN by which a request's body names its table, stream or resource, at its top level;
/// empty if it names none in this way. Borrows from `parser`, or from constants. Any bytes.
std::string_view arn_region_of(std::string_view body, json::Parser& parser);

}  // namespace gyre::http
