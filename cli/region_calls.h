// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/admin.h"
#include "cli/topology.h"
#include "core/json/json_reader.h"
#include "core/json/json_writer.h"

namespace gyre::cli {

/// The regions that a command is about: the one of --endpoint, or all of the topology that runs on --data.
Result<std::vector<RegionEntry>> regions_of(const AdminOptions& options);

/// Calls one operation of a region; an Error names the region.
Result<std::string> call_region(const RegionEntry& region, std::string_view target, std::string_view body);

/// Parses one reply at a time; its values hold until the next read().
class ReplyReader {
 public:
  Result<json::Value> read(std::string_view reply) { return parser_.parse(reply); }

 private:
  json::Parser parser_;
};

// Members of a reply, with a plain default where they are missing.
std::string text_member(const json::Value& object, std::string_view name);
double number_member(const json::Value& object, std::string_view name);
bool bool_member(const json::Value& object, std::string_view name);

}  // namespace gyre::cli
