// SPDX-License-Identifier: Apache-2.0
#include "core/archive/proof.h"

#include <fmt/core.h>

#include <span>

#include "core/archive/archive_folder.h"
#include "core/archive/sealing.h"
#include "core/base/hex.h"
#include "core/json/json_writer.h"
#include "core/log/frame_walk.h"
#include "core/log/merkle_path.h"

namespace gyre::archive {
namespace {

void write_hashes(json::Writer& writer, std::string_view name, std::span<const log::Hash> hashes) {
  writer.key(name).begin_array();
  for (const log::Hash& hash : hashes) writer.plain_string(hex(log::hash_bytes(hash)));
  writer.end_array();
}

// Up to the seal's.
Status write_keys(json::Writer& writer, const Archive& archive, const Seal& seal) {
  ASSIGN_OR_RETURN(const std::vector<KeyRecord> keys, read_keys(archive));
  RETURN_IF_ERROR(check_key(seal, keys));
  writer.key("keys").begin_array();
  for (std::uint64_t i = 0; i < seal.key_number.value(); ++i) writer.plain_string(hex(keys[i].bytes));
  writer.end_array();
  return {};
}

Error others(SealNumber seal) {
  return Error::corruption(seal_key(seal) + ": the segments are others than those that it seals");
}

// The leaves of the tree that seals sign.
log::NextLeaf segment_leaves(const Archive& archive) {
  return [&archive, at = archive.first().value()]() mutable -> Result<log::Hash> {
    ASSIGN_OR_RETURN(const SegmentIndex index, archive.index(log::SegmentNumber(at)));
    ++at;
    return segment_leaf(index.trailer_bytes);
  };
}

/// Hands out the leaves of one segment, and notices the wanted record on the way.
class RecordLeaves {
 public:
  RecordLeaves(const files::File& file, const SegmentIndex& index)
      : walk_(file, index.header, index.opening, log::start_of(index.opening),
              index.trailer.summary.frames_end, log::Contents::kChecked) {}

  /// Which of the segment's records it is. Goes through the frames up to it.
  Result<std::uint64_t> find(ShardId shard, SequenceNumber sequence) {
    for (std::uint64_t at = 0;; ++at) {
      RETURN_IF_ERROR(next());
      const log::EntryHead& head = frame_->view.head(entry_ - 1);
      if (head.sequence != sequence) continue;
      if (head.shard != shard) break;
      row_ = frame_->view.row_bytes(entry_ - 1);
      bytes_ = frame_->view.entry(entry_ - 1).bytes;
      return at;
    }
    return Error::resource_not_found("there is no such record");
  }
  Result<log::Hash> next() {
    while (!frame_ || entry_ == frame_->view.entry_count()) {
      ASSIGN_OR_RETURN(frame_, walk_.next());
      if (!frame_) return Error::resource_not_found("there is no such record");
      entry_ = 0;
    }
    const std::size_t at = entry_++;
    return log::merkle_leaf(frame_->view.row_bytes(at), frame_->view.entry(at).bytes);
  }
  /// Of what was found.
  std::string_view row() const { return std::string_view(row_).substr(0, log::kRowHashedBytes); }
  const std::string& bytes() const { return bytes_; }
  log::Hash leaf() const { return log::merkle_leaf(row_, bytes_); }

 private:
  log::FrameWalk walk_;
  std::optional<log::WalkedFrame> frame_;
  std::size_t entry_ = 0;  // the next of the frame
  std::string row_;
  std::string bytes_;
};

}  // namespace

Result<std::string> prove_inclusion(const Archive& archive, ShardId shard, SequenceNumber sequence) {
  ASSIGN_OR_RETURN(const std::optional<Seal> seal, last_seal(archive));
  if (seal) RETURN_IF_ERROR(check_segments(*seal, archive));
  ASSIGN_OR_RETURN(const auto number, archive.find_sequence(sequence));
  if (!number) return Error::resource_not_found("there is no such record");
  if (!seal || *number > seal->last_segment()) {
    return Error::validation(fmt::format("no seal has segment {} yet", number->value()));
  }
  ASSIGN_OR_RETURN(const SegmentIndex index, archive.index(*number));
  const auto folder = make_archive_folder(archive.store());
  ASSIGN_OR_RETURN(const auto file, folder->open(log::segment_name(*number)));
  RecordLeaves search(*file, index);
  ASSIGN_OR_RETURN(const std::uint64_t position, search.find(shard, sequence));
  const std::uint64_t count = index.trailer.summary.record_count;
  if (position >= count) return Error::corruption(segment_key(*number) + " has more records than it says");
  RecordLeaves leaves(*file, index);
  ASSIGN_OR_RETURN(const std::vector<log::Hash> path,
                   log::inclusion_path(position, count, [&] { return leaves.next(); }));
  const std::uint64_t segment_position = number->value() - archive.first().value();
  ASSIGN_OR_RETURN(const std::vector<log::Hash> segment_path,
                   log::inclusion_path(segment_position, seal->segment_count, segment_leaves(archive)));
  // A proof that does not hold would say of an honest archive's owner that he is none.
  if (log::root_from_path(search.leaf(), position, count, path) != index.trailer.merkle_root) {
    return Error::corruption(segment_key(*number) + ": its records are others than its index says");
  }
  if (log::root_from_path(segment_leaf(index.trailer_bytes), segment_position, seal->segment_count,
                          segment_path) != seal->root) {
    return others(seal->number);
  }

  std::string line;
  json::Writer writer(line);
  writer.begin_object().member("kind", "gyre.inclusion").key("format").integer(1);
  writer.key("row").plain_string(hex(search.row()));
  writer.key("bytes").plain_string(hex(search.bytes()));
  writer.key("record_position").unsigned_integer(position);
  write_hashes(writer, "record_path", path);
  writer.key("trailer").plain_string(hex(index.trailer_bytes));
  write_hashes(writer, "segment_path", segment_path);
  writer.key("seal").plain_string(hex(seal->bytes));
  RETURN_IF_ERROR(write_keys(writer, archive, *seal));
  writer.end_object();
  return line;
}

Result<std::string> prove_consistency(const Archive& archive, SealNumber old_number, SealNumber new_number) {
  if (old_number == SealNumber() || old_number > new_number) {
    return Error::validation("an older and a newer seal are wanted, in this order");
  }
  ASSIGN_OR_RETURN(const Seal old_seal, read_seal(archive, old_number));
  ASSIGN_OR_RETURN(const Seal new_seal, read_seal(archive, new_number));
  if (old_seal.segment_count > new_seal.segment_count)
    return Error::corruption(seal_key(new_number) + ": it does not follow the older seal");
  RETURN_IF_ERROR(check_segments(new_seal, archive));
  ASSIGN_OR_RETURN(
      const std::vector<log::Hash> path,
      log::consistency_path(old_seal.segment_count, new_seal.segment_count, segment_leaves(archive)));
  if (!log::is_consistent(old_seal.segment_count, old_seal.root, new_seal.segment_count, new_seal.root, path))
    return others(new_number);
  std::string line;
  json::Writer writer(line);
  writer.begin_object().member("kind", "gyre.consistency").key("format").integer(1);
  writer.key("old_seal").plain_string(hex(old_seal.bytes));
  write_hashes(writer, "path", path);
  writer.key("seal").plain_string(hex(new_seal.bytes));
  RETURN_IF_ERROR(write_keys(writer, archive, new_seal));
  writer.end_object();
  return line;
}

}  // namespace gyre::archive
