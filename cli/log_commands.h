// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/files/folder.h"

namespace gyre::cli {

struct LogCommand {
  std::string data{};         ///< a log's folder, or a folder in which it is `log`
  bool json = false;          ///< of verify
  std::uint64_t segment = 0;  ///< of dump: only this one; 0 = all
  std::uint64_t shard = 0;    ///< of dump: only this one's; 0 = all
};

// `gyre log`: what is in the files of a log that no region need run on. Neither changes anything. Exit codes:
// 0, 1 if anything is damaged, 2 for an error.
int run_log_verify(const LogCommand& command);
int run_log_dump(const LogCommand& command);

/// Takes a line, without its end.
using PrintLine = std::function<void(const std::string&)>;

/// Prints a line for each segment and each damage; answers whether anything is damaged.
Result<bool> verify_log(files::Folder& folder, bool json, const PrintLine& print);
/// Prints each record as JSON, and each damage; answers whether anything is damaged.
Result<bool> dump_log(files::Folder& folder, const LogCommand& command, const PrintLine& print);
/// The folder that --data means. kResourceNotFound: there is no log. Makes nothing.
Result<std::unique_ptr<files::Folder>> open_log_folder(const std::string& data);

}  // namespace gyre::cli
