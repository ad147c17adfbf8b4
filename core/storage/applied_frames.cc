// SPDX-License-Identifier: Apache-2.0
#include "core/storage/applied_frames.h"

#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/fills.h"

namespace gyre::storage {
namespace {

std::string encode_position(const log::FramePosition& position) {
  std::string bytes;
  append_u64_be(bytes, position.frame.value());
  append_u64_be(bytes, position.segment.value());
  append_u64_be(bytes, position.offset);
  append_u64_be(bytes, position.sequence.value());
  append_u64_be(bytes, position.stamp);
  return bytes;
}

Result<log::FramePosition> decode_position(std::string_view bytes) {
  ByteReader reader(bytes);
  ASSIGN_OR_RETURN(const std::uint64_t frame, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t segment, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t offset, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t sequence, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t stamp, reader.u64_be());
  if (!reader.at_end()) return Error::corruption("the row of the applied frame is too long");
  return log::FramePosition{log::FrameNumber(frame), log::SegmentNumber(segment), offset,
                            SequenceNumber(sequence), stamp};
}

Status check_family(const log::RowOperation& operation) {
  if (operation.family >= 1 && operation.family <= kFamilyCount) return {};
  return Error::corruption("a frame changes family " + std::to_string(operation.family) +
                           ", which does not exist");
}

Result<RowChange> row_change(const log::RowOperation& operation) {
  RETURN_IF_ERROR(check_family(operation));
  return RowChange{static_cast<ChangeOfRows>(operation.change),
                   static_cast<Family>(operation.family),
                   {operation.key.inline_bytes, operation.key.referenced},
                   {operation.value.inline_bytes, operation.value.referenced}};
}
static_assert(static_cast<int>(log::RowChange::kPut) == static_cast<int>(ChangeOfRows::kPut));
static_assert(static_cast<int>(log::RowChange::kErase) == static_cast<int>(ChangeOfRows::kErase));
static_assert(static_cast<int>(log::RowChange::kEraseRange) == static_cast<int>(ChangeOfRows::kEraseRange));

Status fill_again(Engine& engine, const log::FrameView& frame) {
  for (log::OperationReader operations = frame.operations(); !operations.at_end();) {
    ASSIGN_OR_RETURN(const log::RowOperation operation, operations.next());
    if (operation.change != log::RowChange::kFilled) continue;
    RETURN_IF_ERROR(check_family(operation));
    RETURN_IF_ERROR(fill_again(engine, operation));
  }
  return {};
}

}  // namespace

Status apply_frame(Engine& engine, const log::FrameView& frame, const log::FramePosition& position) {
  std::vector<RowChange> rows;
  rows.reserve(frame.header().operation_count + 1);
  for (log::OperationReader operations = frame.operations(); !operations.at_end();) {
    ASSIGN_OR_RETURN(const log::RowOperation operation, operations.next());
    if (operation.change == log::RowChange::kFilled) continue;
    ASSIGN_OR_RETURN(rows.emplace_back(), row_change(operation));
  }
  const std::string applied = encode_position(position);
  rows.push_back({ChangeOfRows::kPut, Family::kCatalog, {kAppliedRow}, {applied}});
  return engine.apply(rows);
}

Result<std::optional<log::FramePosition>> applied(const Engine& engine) {
  ASSIGN_OR_RETURN(const auto row, engine.get(Family::kCatalog, kAppliedRow, ReadTier::kAll));
  if (!row) return std::optional<log::FramePosition>();
  ASSIGN_OR_RETURN(const log::FramePosition position, decode_position(row->view()));
  return std::optional(position);
}

Result<log::FrameNumber> flushed_through(const Engine& engine) {
  ASSIGN_OR_RETURN(const auto row, engine.flushed(Family::kCatalog, kAppliedRow));
  if (!row) return log::FrameNumber();
  ASSIGN_OR_RETURN(const log::FramePosition position, decode_position(row->view()));
  return position.frame;
}

Status catch_up(Engine& engine, const log::Log& log) {
  ASSIGN_OR_RETURN(const auto from, applied(engine));
  log::FrameStream stream = log.stream(from ? from->frame : log::FrameNumber(), log::Contents::kChecked);
  while (true) {
    ASSIGN_OR_RETURN(const auto next, stream.next());
    if (!next) return {};
    const log::FrameHeader& header = next->frame.view.header();
    RETURN_IF_ERROR(fill_again(engine, next->frame.view));
    RETURN_IF_ERROR(apply_frame(
        engine, next->frame.view,
        {header.number, next->segment, next->frame.offset, header.last_sequence, header.last_stamp}));
    if (engine.flush_is_due()) RETURN_IF_ERROR(engine.begin_flush());
  }
}

}  // namespace gyre::storage
