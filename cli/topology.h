// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/region_settings.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/http/client.h"
#include "global-tables/links.h"

namespace gyre::cli {

/// One region of a topology and where it serves.
struct RegionEntry {
  RegionId region;
  std::string http;    ///< "HOST:PORT"
  std::string stream;  ///< "tcp://HOST:PORT"
  RegionSettings settings;
  bool https = false;
  http::Trust trust;  ///< how our own calls know the region

  std::string http_url() const { return (https ? "https://" : "http://") + http; }
};

/// The distance from one region to another, one way.
struct LinkEntry {
  RegionId from;
  RegionId to;
  global_tables::LinkSettings settings;
};

/// A plugin that `gyre up` runs beside the regions.
struct ConsumerEntry {
  std::string name;
  RegionId region;
  std::string table;
  std::string library;
};

/// What `gyre up` runs: regions, the links between them, plugins. A value.
struct Topology {
  std::vector<RegionEntry> regions;
  std::vector<LinkEntry> links;
  std::vector<ConsumerEntry> consumers;

  const RegionEntry* find(const RegionId& region) const;
  /// The settings of the link that carries `from`'s changes to `to`: those named, or none (a plain loopback).
  global_tables::LinkSettings link(const RegionId& from, const RegionId& to) const;
  /// "us-east-1, eu-west-1": for messages.
  std::string region_names() const;
};

/// Reads TOML. kValidation, in one line that names the place, on anything that cannot be run: bad syntax,
/// unknown or missing members, two regions with one name or port, links and consumers of regions that are not
/// there.
Result<Topology> parse_topology(std::string_view toml, std::string_view file_name);
Result<Topology> read_topology(const std::string& file_name);

/// TOML again, with every default spelled out: what `up` leaves in its data directory for the other commands.
std::string format_topology(const Topology& topology);

}  // namespace gyre::cli
