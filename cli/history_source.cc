// SPDX-License-Identifier: Apache-2.0
#include "cli/history_source.h"

#include <utility>

#include "cli/log_commands.h"

namespace gyre::cli {

Result<std::unique_ptr<OpenHistory>> open_history(const HistorySource& source) {
  auto open = std::make_unique<OpenHistory>();
  if (!source.archive.place.empty()) {
    ASSIGN_OR_RETURN(open->store,
                     open_archive_place(source.archive, PlaceUse::kRead, kPersonPatienceMs, open->clock));
  }
  if (!source.log.empty()) {
    ASSIGN_OR_RETURN(open->log, open_log_folder(source.log));
  }
  ASSIGN_OR_RETURN(audit::History history, audit::History::open(open->store.get(), open->log.get()));
  open->history = std::make_unique<audit::History>(std::move(history));
  ASSIGN_OR_RETURN(open->names, audit::TableNames::read(*open->history));
  return open;
}

}  // namespace gyre::cli
