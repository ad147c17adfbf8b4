// SPDX-License-Identifier: Apache-2.0
#include "cli/backup.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>

#include <filesystem>

#include "cli/exit_codes.h"
#include "cli/region_calls.h"
#include "core/base/descriptor.h"
#include "core/files/transfer.h"

namespace gyre::cli {
namespace {

namespace fs = std::filesystem;

// Before anything is asked of the region. The move looks again.
Status check_target(const std::string& directory) {
  std::error_code error;
  const fs::file_status there = fs::status(directory, error);
  if (there.type() == fs::file_type::not_found) {
    const fs::path parent = fs::path(directory).parent_path();
    if (parent.empty() || fs::is_directory(parent, error)) return {};
    return Error::validation(fmt::format("'{}' is no directory", parent.string()));
  }
  if (error) return Error::validation(fmt::format("'{}': {}", directory, error.message()));
  if (!fs::is_directory(there)) return Error::validation(fmt::format("'{}' is no directory", directory));
  const bool is_empty = fs::is_empty(directory, error);
  if (error) return Error::validation(fmt::format("'{}': {}", directory, error.message()));
  return is_empty ? Status() : Status(Error::validation(fmt::format("'{}' is not empty", directory)));
}

Result<RegionEntry> region_of(const AdminOptions& options, const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<RegionEntry> regions, regions_of(options));
  std::string names;
  for (const RegionEntry& region : regions) {
    if (region.region.name() == name || (name.empty() && regions.size() == 1)) return region;
    names += (names.empty() ? "" : ", ") + region.region.name();
  }
  if (name.empty()) return Error::validation("--region names one of several: " + names);
  return Error::validation(fmt::format("there is no region {}, only {}", name, names));
}

// What is moved, or removed, is a copy of a store, whatever the answer says.
bool is_copy(const std::string& directory) {
  std::error_code ignored;
  return fs::path(directory).is_absolute() && directory.ends_with("/backup") &&
         fs::is_regular_file(directory + "/CURRENT", ignored) &&
         fs::is_regular_file(directory + "/log/identity", ignored);
}

Status move_copy(const std::string& from, const std::string& to) {
  // As long as it is locked, the region does not remove it for another one.
  const Descriptor copy(::open(from.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (copy.get() < 0 || ::flock(copy.get(), LOCK_EX | LOCK_NB) != 0 || !is_copy(from)) {
    return Error::validation(fmt::format(
        "the region made its copy in {}, which is not here: run this as its user, on its machine", from));
  }
  const Status moved = files::move_directory(from, to);
  std::error_code ignored;
  if (!moved.ok()) fs::remove_all(from, ignored);
  return moved;
}

void print_backup(const AdminOptions& options, const BackupCommand& command, const json::Value& reply) {
  const std::string region = text_member(reply, "Region");
  const auto frame = static_cast<std::int64_t>(number_member(reply, "Frame"));
  const std::string sequence = text_member(reply, "Sequence");
  if (options.json) {
    std::string line;
    json::Writer writer(line);
    writer.begin_object().member("region", region).member("directory", command.directory);
    writer.key("frame").integer(frame).member("sequence", sequence).end_object();
    fmt::print("{}\n", line);
    return;
  }
  fmt::print("{}: a copy as of frame {} is in '{}'; `gyre serve --region {} --data {}` starts on it\n",
             region, frame, command.directory, region, command.directory);
}

Status make_backup(const AdminOptions& options, const BackupCommand& command) {
  RETURN_IF_ERROR(check_target(command.directory));
  ASSIGN_OR_RETURN(const RegionEntry region, region_of(options, command.region));
  ASSIGN_OR_RETURN(const std::string text, call_region(region, "Gyre.Backup", "{}"));
  ReplyReader reader;
  ASSIGN_OR_RETURN(const json::Value reply, reader.read(text));
  RETURN_IF_ERROR(move_copy(text_member(reply, "Directory"), command.directory));
  print_backup(options, command, reply);
  return {};
}

}  // namespace

int run_backup(const AdminOptions& options, const BackupCommand& command) {
  const Status made = make_backup(options, command);
  return made.ok() ? kExitDone : fail(made.error());
}

}  // namespace gyre::cli
