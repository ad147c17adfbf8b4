// SPDX-License-Identifier: Apache-2.0
#include "core/log/frame_walk.h"

#include <algorithm>

#include "core/base/limits.h"

namespace gyre::log {

WalkStart start_of(const Opening& opening) {
  return {.offset = kFramesOffset,
          .frame = opening.first_frame,
          .sequence_before = opening.sequence_before,
          .chain = opening.chain_before};
}

FrameWalk::FrameWalk(const files::File& file, const SegmentHeader& segment, const Opening& opening,
                     const WalkStart& start, std::uint64_t end, Contents contents)
    : file_(file), segment_(segment), opening_(opening), end_(end), contents_(contents), at_(start) {
  CHECK(at_.frame != FrameNumber() && is_aligned(at_.offset));
}

Result<std::optional<WalkedFrame>> FrameWalk::next() {
  if (at_.offset >= end_) return std::optional<WalkedFrame>();
  Result<WalkedFrame> frame = read_frame();
  if (!frame.ok()) return at_place(segment_.number, at_.offset, at_.frame, frame.error());
  const FrameHeader& header = frame->view.header();
  at_ = {.offset = at_.offset + header.frame_bytes(),
         .frame = FrameNumber(header.number.value() + 1),
         .sequence_before = header.last_sequence,
         .chain = chain_after(frame->view.header_bytes())};
  CHECK(at_.offset <= end_ && is_aligned(at_.offset));
  return std::optional<WalkedFrame>(*std::move(frame));
}

void FrameWalk::look_again(std::uint64_t end) {
  window_ = nullptr;
  end_ = std::max(at_.offset, end);
}

Result<WalkedFrame> FrameWalk::read_frame() {
  ASSIGN_OR_RETURN(std::string_view bytes, bytes_here(kFrameHeaderBytes));
  if (bytes.size() < kFrameHeaderBytes) return Error::corruption("the segment ends in a frame's header");
  ASSIGN_OR_RETURN(const FrameHeader header,
                   decode_frame_header(bytes.substr(0, kFrameHeaderBytes), segment_.salt));
  ASSIGN_OR_RETURN(bytes, bytes_here(header.frame_bytes()));
  ASSIGN_OR_RETURN(FrameView view, FrameView::read(bytes, segment_.salt));
  RETURN_IF_ERROR(check_order(view));
  if (contents_ == Contents::kChecked) RETURN_IF_ERROR(view.check_contents());
  return WalkedFrame{at_.offset, std::move(view), window_};
}

Status FrameWalk::check_order(const FrameView& frame) const {
  const FrameHeader& header = frame.header();
  if (header.number != at_.frame) {
    return Error::corruption("frame " + std::to_string(header.number.value()) + " is here instead");
  }
  if (header.term != opening_.term || header.epoch != opening_.epoch) {
    return Error::corruption("the frame is of another term or epoch than its segment");
  }
  if (at_.chain && header.chain != *at_.chain) return Error::corruption("the frame follows another frame");
  if (header.last_sequence < at_.sequence_before ||
      (frame.entry_count() > 0 && frame.head(0).sequence <= at_.sequence_before)) {
    return Error::corruption("the frame's sequences do not rise");
  }
  return {};
}

Result<std::string_view> FrameWalk::bytes_here(std::uint64_t bytes) {
  bytes = std::min(bytes, end_ - at_.offset);
  const std::uint64_t skipped = at_.offset - window_offset_;
  if (window_ == nullptr || skipped + bytes > window_->size()) {
    const std::uint64_t size =
        std::min(std::max<std::uint64_t>(bytes, limits::kLogReadWindowBytes), end_ - at_.offset);
    auto window = std::make_shared<std::string>(size, '\0');
    ASSIGN_OR_RETURN(const std::size_t count, file_.read(at_.offset, size, window->data()));
    window->resize(count);
    file_.prefetch(at_.offset + count, limits::kLogReadWindowBytes);
    window_ = std::move(window);
    window_offset_ = at_.offset;
    return std::string_view(*window_);
  }
  return std::string_view(*window_).substr(skipped);
}

}  // namespace gyre::log
