// SPDX-License-Identifier: Apache-2.0
#include "audit/history.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "core/archive/archive_folder.h"
#include "core/log/salvage.h"
#include "core/log/verify.h"

namespace gyre::audit {
namespace {

Error in_neither(std::uint64_t first, std::uint64_t last) {
  return Error::corruption(
      fmt::format("segments {} to {} are neither in the archive nor in the log", first, last));
}

Result<storage::ChangeRecord> decode(log::SegmentNumber segment, const log::Entry& entry) {
  const auto at_record = [&](const Error& error) {
    return Error(error.code, fmt::format("segment {}, the record with sequence {}: {}", segment.value(),
                                         entry.head.sequence.value(), error.message));
  };
  const Status plain = log::check_plain(entry.head);
  if (!plain.ok()) return at_record(plain.error());
  Result<storage::ChangeRecord> record = storage::decode_change_record(entry.bytes);
  if (!record.ok()) return at_record(record.error());
  return record;
}

// Which log a segment is of.
Result<std::optional<log::LogIncarnation>> incarnation_of(files::Folder& folder, log::SegmentNumber number) {
  const auto file = folder.open(log::segment_name(number));
  if (!file.ok()) {
    // Trimmed since it was listed.
    if (file.error().code == ErrorCode::kResourceNotFound) return std::optional<log::LogIncarnation>();
    return file.error();
  }
  ASSIGN_OR_RETURN(const std::string bytes, files::read_exactly(**file, 0, log::kSegmentHeaderBytes));
  ASSIGN_OR_RETURN(const log::SegmentHeader header, log::decode_segment_header(bytes));
  return std::optional(header.incarnation);
}

}  // namespace

Result<History> History::open(objects::ObjectStore* archive, files::Folder* log) {
  History history;
  history.log_ = log;
  std::uint64_t next = 0;  // 0: any
  // The log first: what is archived and trimmed in between is then in the archive.
  std::vector<log::SegmentNumber> kept;
  if (log != nullptr) {
    ASSIGN_OR_RETURN(kept, log::list_segments(*log));
  }
  if (archive != nullptr) {
    ASSIGN_OR_RETURN(history.archive_, archive::Archive::open(*archive));
    history.archived_ = archive::make_archive_folder(*archive);
    for (std::uint64_t i = 0; i < history.archive_->segment_count(); ++i)
      history.sources_.push_back({log::SegmentNumber(history.archive_->first().value() + i), true});
    if (!history.sources_.empty()) next = history.sources_.back().number.value() + 1;
    if (!kept.empty()) {
      ASSIGN_OR_RETURN(const auto incarnation, incarnation_of(*log, kept.back()));
      if (incarnation && *incarnation != history.archive_->identity().incarnation)
        return Error::validation("the archive is that of another log");
    }
  }
  for (const log::SegmentNumber number : kept) {
    if (number.value() < next) continue;
    if (next != 0 && number.value() > next) return in_neither(next, number.value() - 1);
    history.sources_.push_back({number, false});
    next = number.value() + 1;
  }
  if (history.sources_.empty()) return Error::resource_not_found("there are no change records");
  return history;
}

// By halves: the last sequence and the last stamp rise from segment to segment.
Result<std::size_t> History::first_source(const Bounds& bounds) const {
  if (archive_ == nullptr) return std::size_t{0};
  std::size_t low = 0;
  std::size_t high = static_cast<std::size_t>(archive_->segment_count());
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const archive::SegmentIndex index, archive_->index(sources_[middle].number));
    const log::SegmentSummary& summary = index.trailer.summary;
    const bool is_there =
        summary.last_sequence >= bounds.from && hybrid_to_ms(summary.last_stamp) >= bounds.from_ms;
    (is_there ? high : low) = is_there ? middle : middle + 1;
  }
  return low;
}

Result<bool> History::read_segment(const Source& source,
                                   const std::function<Result<bool>(const log::Entry&)>& visit) const {
  files::Folder& folder = folder_of(source);
  Result<log::Salvage> salvage = log::Salvage::open(folder, source.number);
  if (!salvage.ok()) {
    if (source.archived || salvage.error().code != ErrorCode::kCorruption) return salvage.error();
    // One that was prepared and not used has nothing.
    ASSIGN_OR_RETURN(const log::SegmentReport report, log::verify_segment(folder, source.number));
    if (!report.problem.empty()) return Error::corruption(report.problem);
    return true;
  }
  if (source.archived && !salvage->is_sealed())
    return Error::corruption(archive::segment_key(source.number) + ": its end is missing or damaged");
  while (true) {
    ASSIGN_OR_RETURN(const auto step, salvage->next());
    if (!step) return true;
    if (!step->frame) return Error::corruption(step->damage);
    const log::FrameView& frame = step->frame->view;
    for (std::size_t at = 0; at < frame.entry_count(); ++at) {
      if (!frame.entry_is_intact(at)) {
        return Error::corruption(
            fmt::format("segment {}, offset {}, frame {}: the record with sequence {} of shard {} is damaged",
                        source.number.value(), step->frame->offset, frame.header().number.value(),
                        frame.head(at).sequence.value(), frame.head(at).shard.value()));
      }
      ASSIGN_OR_RETURN(const bool more, visit(frame.entry(at)));
      if (!more) return false;
    }
  }
}

Status History::read(const Bounds& bounds, Order order, const Visit& visit) const {
  ASSIGN_OR_RETURN(const std::size_t first, first_source(bounds));
  const std::size_t count = sources_.size() - first;
  for (std::size_t i = 0; i < count; ++i) {
    const Source& source = sources_[order == Order::kOldToNew ? first + i : first + count - 1 - i];
    if (source.archived) {
      // Stamps rise with sequences, so one look tells that nothing behind is wanted. (The commit times of
      // frames are the machine's clock, which may be behind the stamps.)
      ASSIGN_OR_RETURN(const archive::SegmentIndex index, archive_->index(source.number));
      const log::SegmentSummary& summary = index.trailer.summary;
      if (summary.record_count == 0) continue;
      if (summary.first_sequence > bounds.to || hybrid_to_ms(index.opening.stamp_before) >= bounds.to_ms) {
        if (order == Order::kOldToNew) return {};
        continue;
      }
    }
    std::vector<storage::ChangeRecord> backwards;
    const auto take = [&](const log::Entry& entry) -> Result<bool> {
      const std::uint64_t commit_ms = hybrid_to_ms(entry.head.time);
      if (!bounds.has(entry.head.sequence, commit_ms)) {
        return entry.head.sequence <= bounds.to && commit_ms < bounds.to_ms;
      }
      ASSIGN_OR_RETURN(storage::ChangeRecord record, decode(source.number, entry));
      if (order == Order::kOldToNew) return visit({source.number, source.archived, std::move(record)});
      backwards.push_back(std::move(record));
      return true;
    };
    ASSIGN_OR_RETURN(const bool more, read_segment(source, take));
    if (order == Order::kOldToNew && !more) return {};
    for (; !backwards.empty(); backwards.pop_back()) {
      ASSIGN_OR_RETURN(const bool wanted,
                       visit({source.number, source.archived, std::move(backwards.back())}));
      if (!wanted) return {};
    }
  }
  return {};
}

Status History::read_shard(ShardId shard, const Visit& visit) const {
  bool more = true;
  if (archive_ != nullptr && archive_->segment_count() > 0) {
    RETURN_IF_ERROR(
        archive_->read_shard(shard, SequenceNumber(), SequenceNumber(UINT64_MAX),
                             [&](log::SegmentNumber segment, const log::Entry& entry) -> Result<bool> {
                               ASSIGN_OR_RETURN(storage::ChangeRecord record, decode(segment, entry));
                               ASSIGN_OR_RETURN(more, visit({segment, true, std::move(record)}));
                               return more;
                             }));
  }
  for (const Source& source : sources_) {
    if (source.archived || !more) continue;
    ASSIGN_OR_RETURN(more, read_segment(source, [&](const log::Entry& entry) -> Result<bool> {
                       if (entry.head.shard != shard) return true;
                       ASSIGN_OR_RETURN(storage::ChangeRecord record, decode(source.number, entry));
                       return visit({source.number, false, std::move(record)});
                     }));
  }
  return {};
}

}  // namespace gyre::audit
