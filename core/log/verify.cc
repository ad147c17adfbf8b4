// SPDX-License-Identifier: Apache-2.0
#include "core/log/verify.h"

#include "core/log/frame_walk.h"
#include "core/log/sealer.h"
#include "core/log/torn_tail.h"

namespace gyre::log {
namespace {

// nullopt: it does not end in one.
Result<std::optional<Trailer>> read_trailer(const files::File& file, const SegmentHeader& header) {
  ASSIGN_OR_RETURN(const std::uint64_t size, file.size());
  if (size < kFramesOffset + kTrailerBytes) return std::optional<Trailer>();
  ASSIGN_OR_RETURN(const std::string end, files::read_exactly(file, size - kTrailerBytes, kTrailerBytes));
  const auto trailer = decode_trailer(end, header, size);
  return trailer.ok() ? std::optional(*trailer) : std::nullopt;
}

Result<bool> is_sealed(files::Folder& folder, SegmentNumber number) {
  ASSIGN_OR_RETURN(const auto file, folder.open(segment_name(number)));
  std::string bytes(kSegmentHeaderBytes, '\0');
  ASSIGN_OR_RETURN(const std::size_t count, file->read(0, bytes.size(), bytes.data()));
  CHECK(count <= bytes.size());
  const auto header = decode_segment_header(bytes);
  if (!header.ok() || header->number != number) return false;
  ASSIGN_OR_RETURN(const auto trailer, read_trailer(*file, *header));
  return trailer.has_value();
}

class Verifier {
 public:
  Verifier(const files::File& file, SegmentNumber number) : file_(file) { report_.number = number; }

  Result<SegmentReport> run() {
    ASSIGN_OR_RETURN(size_, file_.size());
    report_.file_bytes = size_;
    ASSIGN_OR_RETURN(const bool readable, read_beginning());
    if (!readable || !report_.opening) return report_;
    ASSIGN_OR_RETURN(report_.trailer, read_trailer(file_, *report_.header));
    RETURN_IF_ERROR(read_frames());
    if (report_.trailer && report_.problem.empty()) RETURN_IF_ERROR(check_seal());
    return report_;
  }

 private:
  // False: there is nothing to go on with.
  Result<bool> read_beginning() {
    first_bytes_.assign(kFramesOffset, '\0');
    ASSIGN_OR_RETURN(const std::size_t count, file_.read(0, first_bytes_.size(), first_bytes_.data()));
    CHECK(count <= first_bytes_.size());
    const std::string_view bytes = first_bytes_;
    const auto header = decode_segment_header(bytes.substr(0, kSegmentHeaderBytes));
    if (!header.ok()) return problem(0, "the header is damaged: " + header.error().message);
    if (header->number != report_.number) return problem(0, "the header is that of another segment");
    report_.header = *header;
    const auto opening = decode_opening(bytes.substr(kOpeningOffset), *header);
    if (opening.ok()) {
      report_.opening = *opening;
    } else {
      // Any frame that says that another was durable, and an end: this segment was in use.
      ASSIGN_OR_RETURN(const auto witness, find_witness(file_, *header, kOpeningOffset, FrameNumber(1)));
      ASSIGN_OR_RETURN(const auto trailer, read_trailer(file_, *header));
      if (witness || trailer)
        return problem(kOpeningOffset, "the opening is damaged: " + opening.error().message);
    }
    return true;
  }

  Status read_frames() {
    const std::uint64_t end = report_.trailer ? report_.trailer->summary.frames_end : size_;
    segment_.summary.frames_end = report_.frames_end = kFramesOffset;
    FrameWalk walk(file_, *report_.header, *report_.opening, start_of(*report_.opening), end,
                   Contents::kChecked);
    while (true) {
      Result<std::optional<WalkedFrame>> frame = walk.next();
      if (is_bad(frame)) {
        ASSIGN_OR_RETURN(const bool was_there, was_durable(walk));
        if (!was_there) return {};
        // Whoever says so may have come since the frame was read, as the frame itself then.
        ASSIGN_OR_RETURN(const std::uint64_t size, file_.size());
        if (!report_.trailer) walk.look_again(size);
        frame = walk.next();
        if (is_bad(frame)) {
          report_.problem = frame.error().message;
          return {};
        }
      }
      if (!frame.ok()) return frame.error();
      if (!*frame) return {};
      hashes_.add((*frame)->view);
      const Status added = segment_.add_frame(facts_of((*frame)->view, (*frame)->offset));
      if (!added.ok()) {
        report_.problem =
            at_place(report_.number, (*frame)->offset, (*frame)->view.header().number, added.error()).message;
        return {};
      }
      ++report_.frame_count;
      report_.last_frame = segment_.summary.last_frame;
      report_.record_count = segment_.summary.record_count;
      report_.frames_end = segment_.summary.frames_end;
    }
  }

  static bool is_bad(const Result<std::optional<WalkedFrame>>& frame) {
    return !frame.ok() && frame.error().code == ErrorCode::kCorruption;
  }

  // That the next frame was: a later one says so, or the seal.
  Result<bool> was_durable(const FrameWalk& walk) const {
    if (report_.trailer) return true;
    ASSIGN_OR_RETURN(const auto witness, find_witness(file_, *report_.header, walk.offset(), walk.due()));
    return witness.has_value();
  }

  Status check_seal() {
    const Trailer& trailer = *report_.trailer;
    // The same frames make the same footer, byte by byte. How long it is, the trailer alone says so far.
    if (!segment_.has_frames() || segment_.summary != trailer.summary ||
        segment_.directory.shards().size() != trailer.shard_count) {
      problem(trailer.trailer_offset(), "the footer is not that of the frames");
      return {};
    }
    ASSIGN_OR_RETURN(const std::string bytes, files::read_exactly(file_, trailer.summary.frames_end,
                                                                  size_ - trailer.summary.frames_end));
    const Footer expected = encode_footer({.header = *report_.header,
                                           .first_bytes = first_bytes_,
                                           .summary = segment_.summary,
                                           .directory = segment_.directory,
                                           .frames = segment_.frames,
                                           .merkle_root = hashes_.merkle_root(),
                                           .frames_hash = hashes_.frames_hash(),
                                           .chain_before = trailer.chain_before});
    if (expected.bytes != bytes) problem(trailer.summary.frames_end, "the footer is not that of the frames");
    return {};
  }

  bool problem(std::uint64_t offset, const std::string& reason) {
    report_.problem = at_place(report_.number, offset, report_.last_frame, Error::corruption(reason)).message;
    return false;
  }

  const files::File& file_;
  std::uint64_t size_ = 0;
  std::string first_bytes_;
  SegmentReport report_;
  Segment segment_;
  SegmentHashes hashes_;
};

// Empty: the file is as long as it must be until it is sealed.
std::string cut_end(const SegmentReport& report) {
  if (report.file_bytes >= report.header->space_bytes) return {};
  return at_place(report.number, report.file_bytes, FrameNumber(), cut_short(*report.header)).message;
}

}  // namespace

Result<std::vector<SegmentNumber>> list_segments(const files::Folder& folder) {
  std::vector<SegmentNumber> before;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<std::string> names, folder.list());
    std::vector<SegmentNumber> numbers;
    for (const std::string& name : names) {
      if (const auto number = segment_number(name)) numbers.push_back(*number);
    }
    // Names that come and go while a folder is listed may be seen or not, each by itself.
    const bool has_gap =
        !numbers.empty() && numbers.back().value() - numbers.front().value() + 1 != numbers.size();
    if (!has_gap || numbers == before) return numbers;
    before = std::move(numbers);
  }
}

Result<SegmentReport> verify_segment(files::Folder& folder, SegmentNumber number) {
  ASSIGN_OR_RETURN(const auto file, folder.open(segment_name(number)));
  ASSIGN_OR_RETURN(SegmentReport report, Verifier(*file, number).run());
  if (!report.trailer && report.problem.empty()) {
    ASSIGN_OR_RETURN(report.problem, lost_end(folder, number));
  }
  if (!report.trailer && report.problem.empty() && report.header) report.problem = cut_end(report);
  return report;
}

Result<std::string> lost_end(files::Folder& folder, SegmentNumber number) {
  ASSIGN_OR_RETURN(const std::vector<SegmentNumber> numbers, list_segments(folder));
  for (const SegmentNumber later : numbers) {
    if (later <= number) continue;
    ASSIGN_OR_RETURN(const bool later_is_sealed, is_sealed(folder, later));
    if (!later_is_sealed) continue;
    // The log may have sealed both since the segment was looked at.
    ASSIGN_OR_RETURN(const bool sealed_now, is_sealed(folder, number));
    if (sealed_now) break;
    return "segment " + std::to_string(number.value()) + ": its end is missing or damaged, since segment " +
           std::to_string(later.value()) + " was sealed after it";
  }
  return std::string();
}

std::string why_not_continued(const SegmentReport& first, const SegmentReport& second) {
  const std::string name = "segment " + std::to_string(second.number.value());
  if (second.number.value() != first.number.value() + 1) return name + " does not come next";
  if (!second.opening) return {};
  if (second.opening->first_frame.value() != first.last_frame.value() + 1) {
    return name + " begins with frame " + std::to_string(second.opening->first_frame.value()) +
           ", not after frame " + std::to_string(first.last_frame.value());
  }
  if (first.trailer && second.opening->chain_before != first.trailer->summary.chain_after) {
    return name + " follows another segment";
  }
  if (first.trailer && second.trailer && second.trailer->chain_before != first.trailer->chain) {
    return name + " is chained to another segment";
  }
  return {};
}

}  // namespace gyre::log
