// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/topology.h"
#include "core/archive/archiving.h"
#include "core/base/ids.h"
#include "core/http/router.h"

namespace gyre::cli {

/// Adds Gyre.DescribeArchive {}: how far the region's archive is; {Region} alone if it keeps none. `status`
/// answers at once, on any thread.
void add_archive_operation(http::Router& router, const RegionId& region,
                           std::function<std::optional<archive::ArchivingStatus>()> status);

/// What a running region says of its archive.
struct ArchiveReportLine {
  std::string json;  ///< the reply
  std::string text;  ///< for people, one line
};
/// Asks a region. nullopt: it keeps no archive.
Result<std::optional<ArchiveReportLine>> ask_archive(const RegionEntry& region);

}  // namespace gyre::cli
