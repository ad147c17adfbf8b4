// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::cli {

/// One key of a topology file as users see it.
struct TopologyKey {
  std::string section;        ///< region, link, consumer
  std::string name;           ///< as in the file
  std::string value;          ///< what it takes: "text", "16 to 1048576"
  std::string default_value;  ///< as in the file; empty: it must be given, or see `help`
  std::string help;
};

/// Every key that a topology may have, section by section. The reader accepts these and no other.
std::span<const TopologyKey> topology_keys();

/// The names of one section's keys.
std::vector<std::string_view> key_names(std::string_view section);

/// The tables of docs/topology.md: Markdown, one for each section.
std::string topology_tables();

}  // namespace gyre::cli
