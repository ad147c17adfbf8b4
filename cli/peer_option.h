// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/http/destination.h"
#include "global-tables/global_tables.h"

namespace gyre::cli {

// How the command line of `gyre serve` names one peer:
// NAME=tcp://HOST:PORT[,latency=MS][,jitter=MS][,loss=0..1][,cut]

Result<global_tables::Peer> parse_peer(std::string_view text);
std::string format_peer(const global_tables::Peer& peer);

// Where it serves the API: NAME=http://HOST:PORT or NAME=https://HOST:PORT[,CERTIFICATE], the file of the
// certificate that it shows.

Result<http::RegionRoute> parse_route(std::string_view text);
std::string format_route(const http::RegionRoute& route);

}  // namespace gyre::cli
