// SPDX-License-Identifier: Apache-2.0
#include "core/log/sealer.h"

#include <string>
#include <utility>

namespace gyre::log {
namespace {

Result<Footer> make_footer(const LogState::ToSeal& sealed) {
  const Segment& segment = *sealed.segment;
  SegmentHashes hashes;
  FrameWalk walk(*segment.file, segment.header, segment.opening, start_of(segment.opening),
                 segment.summary.frames_end, Contents::kChecked);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<WalkedFrame> frame, walk.next());
    if (!frame) break;
    hashes.add(frame->view);
  }
  if (walk.due().value() != segment.summary.last_frame.value() + 1 ||
      walk.at().chain != segment.summary.chain_after) {
    return at_place(segment.number(), walk.offset(), walk.due(),
                    Error::corruption("the segment is not what was written"));
  }
  ASSIGN_OR_RETURN(const std::string first_bytes, files::read_exactly(*segment.file, 0, kFramesOffset));
  if (first_bytes !=
      encode_segment_header(segment.header) + encode_opening(segment.opening, segment.header)) {
    return at_place(segment.number(), 0, segment.summary.first_frame,
                    Error::corruption("the segment's beginning is damaged"));
  }
  return encode_footer({.header = segment.header,
                        .first_bytes = first_bytes,
                        .summary = segment.summary,
                        .directory = segment.directory,
                        .frames = segment.frames,
                        .merkle_root = hashes.merkle_root(),
                        .frames_hash = hashes.frames_hash(),
                        .chain_before = sealed.chain_before});
}

// For want of space nothing is lost: the frames before it are durable, and without its trailer it is nothing.
Status reserve_space(files::File& file, const Footer& footer) {
  return file.write(footer.trailer.summary.frames_end, std::string(footer.bytes.size(), '\0'));
}

// The trailer comes last: where it is whole, the rest of the footer is durable.
Status write_footer(files::File& file, const Footer& footer) {
  const std::uint64_t begin = footer.trailer.summary.frames_end;
  const std::string_view bytes = footer.bytes;
  const std::size_t trailer = bytes.size() - kTrailerBytes;
  RETURN_IF_ERROR(file.write(begin, bytes.substr(0, trailer)));
  RETURN_IF_ERROR(file.sync());
  RETURN_IF_ERROR(file.write(begin + trailer, bytes.substr(trailer)));
  // So whoever finds the file shorter than it was, and no trailer, knows that it was cut by others.
  RETURN_IF_ERROR(file.sync());
  RETURN_IF_ERROR(file.truncate(footer.trailer.file_bytes));
  return file.sync();
}

}  // namespace

void SegmentHashes::add(const FrameView& frame) {
  Hasher leaves;
  for (std::size_t i = 0; i < frame.entry_count(); ++i) {
    const Hash leaf = frame.leaf(i);
    tree_.add(leaf);
    leaves.add(hash_bytes(leaf));
  }
  frames_.add(hash_bytes(frame.frame_hash(leaves.finish())));
}

Result<bool> seal_oldest(LogState& state) {
  RETURN_IF_ERROR(state.alive());
  const auto sealed = state.segment_to_seal();
  if (!sealed) return false;
  ASSIGN_OR_RETURN(const Footer footer, make_footer(*sealed));
  if (Status status = reserve_space(*sealed->segment->file, footer);
      !status.ok() && status.error().code == ErrorCode::kUnavailable) {
    return status.error();
  }
  if (Status status = write_footer(*sealed->segment->file, footer); !status.ok()) {
    state.die(status.error().message);
    return state.alive().error();
  }
  auto segment = std::make_shared<Segment>();
  segment->header = sealed->segment->header;
  segment->opening = sealed->segment->opening;
  segment->file = sealed->segment->file;
  segment->summary = footer.trailer.summary;
  segment->trailer = footer.trailer;
  segment->file->rest(segment_name(segment->number()));
  state.set_sealed(std::move(segment));
  return true;
}

}  // namespace gyre::log
