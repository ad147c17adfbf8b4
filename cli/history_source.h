// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "audit/history.h"
#include "audit/table_names.h"
#include "cli/archive_place.h"
#include "core/base/clock.h"
#include "core/files/folder.h"

namespace gyre::cli {

/// Of a request to a bucket, where a person waits.
inline constexpr std::uint64_t kPersonPatienceMs = 60'000;

/// Where a region's past is read: an archive, a log, or both.
struct HistorySource {
  ArchivePlace archive;
  std::string log;  ///< a log's folder, or a region's data, which has it in `log`

  bool empty() const { return archive.place.empty() && log.empty(); }
};

/// A past that is open, with all that it is read from.
struct OpenHistory {
  SystemClock clock;
  std::unique_ptr<objects::ObjectStore> store;
  std::unique_ptr<files::Folder> log;
  std::unique_ptr<audit::History> history;
  audit::TableNames names;
};
Result<std::unique_ptr<OpenHistory>> open_history(const HistorySource& source);

}  // namespace gyre::cli
