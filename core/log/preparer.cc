// SPDX-License-Identifier: Apache-2.0
#include "core/log/preparer.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace gyre::log {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Zeros from the file's end to `bytes`, in pieces that are synced one by one: a disk that is given all at
// once would let commits wait for it.
Status write_space(files::File& file, std::uint64_t bytes, const LogOptions& options) {
  const std::string zeros(limits::kLogPrewriteBytes, '\0');
  ASSIGN_OR_RETURN(std::uint64_t at, file.size());
  while (at < bytes) {
    const auto begin = SteadyClock::now();
    const std::uint64_t count = std::min<std::uint64_t>(zeros.size(), bytes - at);
    RETURN_IF_ERROR(file.write(at, std::string_view(zeros).substr(0, count)));
    RETURN_IF_ERROR(file.sync());
    at += count;
    if (!options.rest((SteadyClock::now() - begin) * limits::kLogRestPerWork)) {
      return Error(ErrorCode::kUnavailable, "the log is stopping");
    }
  }
  return {};
}

Status fill(files::File& file, const SegmentHeader& header, const LogOptions& options) {
  // The opening's place is zeros until the segment is opened.
  RETURN_IF_ERROR(file.write(0, encode_segment_header(header) + std::string(kOpeningBytes, '\0')));
  RETURN_IF_ERROR(write_space(file, header.space_bytes, options));
  return file.sync();
}

}  // namespace

Status prepare_segment(files::Folder& folder, LogState& state, const LogOptions& options,
                       std::uint64_t space_bytes) {
  const auto number = state.segment_to_prepare();
  if (!number) return {};
  // What gives space back is small, and must find its place on a disk that is almost full.
  ASSIGN_OR_RETURN(const std::uint64_t free_bytes, folder.free_bytes());
  if (free_bytes / 2 < space_bytes) {
    space_bytes = std::min<std::uint64_t>(space_bytes, limits::kLogFirstSpaceBytes);
  }
  const bool prewritten = folder.traits().prewritten_space;
  const SegmentHeader header{.salt = options.draw_salt(),
                             .number = *number,
                             .incarnation = options.incarnation,
                             .space_bytes = prewritten ? space_bytes : 0};
  const auto spare = state.take_spare();
  const std::string name = spare.value_or(spare_name(number->value()));
  Result<std::shared_ptr<files::File>> file = spare ? folder.open(name) : folder.create(name);
  RETURN_IF_ERROR(file);
  if (Status status = fill(**file, header, options); !status.ok()) {
    // What a failed write or sync left is not used; recovery removes it if this does not.
    (void)folder.remove(name);
    return status;
  }
  RETURN_IF_ERROR(folder.rename(name, segment_name(*number)));
  RETURN_IF_ERROR(folder.sync());
  if (!prewritten) space_bytes = options.segment_bytes;
  state.set_prepared({header, *std::move(file), space_bytes});
  return {};
}

}  // namespace gyre::log
