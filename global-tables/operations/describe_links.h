// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/api/parsed_operation.h"
#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/json/json_writer.h"
#include "global-tables/links.h"

namespace gyre::global_tables {

class GlobalTables;

/// Writes LatencyMs, JitterMs, Loss and Cut into the open object.
void write_link_settings(json::Writer& writer, const LinkSettings& settings);

/// Gyre.DescribeLinks {}: every peer that this region reads from: connection, settings, and for each table
/// its sessions with their lag (records, and milliseconds since the moment up to which every write of the
/// peer is applied here) and, where one does not go on, why.
class DescribeLinks final : public api::ParsedOperation<api::NoMembers> {
 public:
  DescribeLinks(const GlobalTables& tables, const RegionId& region, const Clock& clock)
      : tables_(tables), region_(region), clock_(clock) {}

 private:
  Result<api::NoMembers> parse(const api::RequestReader& request) const override;
  api::Intents intents(const api::NoMembers& parsed) const override;
  void execute(api::NoMembers parsed, const http::Request& request, http::Responder respond) override;

  const GlobalTables& tables_;
  const RegionId& region_;
  const Clock& clock_;
};

}  // namespace gyre::global_tables
