// SPDX-License-Identifier: Apache-2.0
#include "core/log/salvage.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace gyre::log {

Salvage::Salvage(std::shared_ptr<files::File> file, SegmentHeader header, Opening opening, std::uint64_t end,
                 bool is_sealed)
    : file_(std::move(file)),
      header_(header),
      opening_(opening),
      end_(end),
      is_sealed_(is_sealed),
      walk_(std::make_unique<FrameWalk>(*file_, header_, opening_, start_of(opening_), end_,
                                        Contents::kUnchecked)) {}

Result<Salvage> Salvage::open(files::Folder& folder, SegmentNumber number) {
  ASSIGN_OR_RETURN(auto file, folder.open(segment_name(number)));
  ASSIGN_OR_RETURN(const std::uint64_t size, file->size());
  const auto unreadable = [&](std::uint64_t offset, const Error& error) {
    return at_place(number, offset, FrameNumber(), error);
  };
  if (size < kFramesOffset) return unreadable(0, Error::corruption("the file is too short"));
  ASSIGN_OR_RETURN(const std::string first, files::read_exactly(*file, 0, kFramesOffset));
  const std::string_view bytes = first;
  const auto header = decode_segment_header(bytes.substr(0, kSegmentHeaderBytes));
  if (!header.ok()) return unreadable(0, header.error());
  const auto opening = decode_opening(bytes.substr(kOpeningOffset), *header);
  if (!opening.ok()) return unreadable(kOpeningOffset, opening.error());
  std::uint64_t end = size;
  bool is_sealed = false;
  if (size >= kFramesOffset + kTrailerBytes) {
    ASSIGN_OR_RETURN(const std::string last, files::read_exactly(*file, size - kTrailerBytes, kTrailerBytes));
    const auto trailer = decode_trailer(last, *header, size);
    is_sealed = trailer.ok();
    if (is_sealed) end = trailer->summary.frames_end;
  }
  return Salvage(std::move(file), *header, *opening, end, is_sealed);
}

Result<std::optional<Salvage::Step>> Salvage::next() {
  if (walk_ == nullptr) return std::optional<Step>();
  Result<std::optional<WalkedFrame>> frame = walk_->next();
  if (frame.ok()) {
    if (*frame) return std::optional(Step{std::move(*frame), {}});
    walk_.reset();
    return std::optional<Step>();
  }
  if (frame.error().code != ErrorCode::kCorruption) return frame.error();
  ASSIGN_OR_RETURN(const auto found, find_frame(walk_->offset() + kAlignment));
  if (found && !is_sealed_) {
    // In a log that is in use both may have been written since the frame was read.
    walk_->look_again(end_);
    frame = walk_->next();
    if (frame.ok()) return std::optional(Step{std::move(*frame), {}});
    if (frame.error().code != ErrorCode::kCorruption) return frame.error();
  }
  walk_.reset();
  if (!found && !is_sealed_) return std::optional<Step>();
  if (found)
    walk_ = std::make_unique<FrameWalk>(*file_, header_, opening_, *found, end_, Contents::kUnchecked);
  return std::optional(Step{std::nullopt, frame.error().message});
}

// The next place that has a frame's header with a right checksum under the segment's salt.
Result<std::optional<WalkStart>> Salvage::find_frame(std::uint64_t from) const {
  std::string window;
  while (from + kFrameHeaderBytes <= end_) {
    window.resize(std::min<std::uint64_t>(limits::kLogReadWindowBytes, end_ - from));
    ASSIGN_OR_RETURN(const std::size_t count, file_->read(from, window.size(), window.data()));
    const std::string_view bytes = std::string_view(window).substr(0, count);
    if (count < kFrameHeaderBytes) break;
    std::size_t at = 0;
    for (; at + kFrameHeaderBytes <= count; at += kAlignment) {
      if (!bytes.substr(at).starts_with(kFrameMagic)) continue;
      const auto header = decode_frame_header(bytes.substr(at, kFrameHeaderBytes), header_.salt);
      if (header.ok())
        return std::optional(WalkStart{.offset = from + at, .frame = header->number, .sequence_before = {}});
    }
    from += at;
  }
  return std::optional<WalkStart>();
}

}  // namespace gyre::log
