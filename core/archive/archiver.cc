// SPDX-License-Identifier: Apache-2.0
#include "core/archive/archiver.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/log/verify.h"

namespace gyre::archive {
namespace {

constexpr std::size_t kCopyBytes = 1024 * 1024;  // at a time

// Whether the object has this hash; an object that somebody else wrote has not.
Result<bool> has_hash(objects::ObjectStore& store, const std::string& key, const log::Hash& hash) {
  ASSIGN_OR_RETURN(const objects::ObjectInfo info, store.head(key));
  log::Hasher hasher;
  for (std::uint64_t at = 0; at < info.bytes;) {
    ASSIGN_OR_RETURN(const std::string piece, store.get(key, at, kCopyBytes));
    if (piece.empty()) return false;
    hasher.add(piece);
    at += piece.size();
  }
  return hasher.finish() == hash;
}

}  // namespace

Result<Archiver> Archiver::open(objects::ObjectStore& store, files::Folder& log) {
  Archiver archiver(store, log);
  Result<std::unique_ptr<Archive>> archive = Archive::open(store);
  if (!archive.ok()) {
    if (archive.error().code != ErrorCode::kResourceNotFound) return archive.error();
    return archiver;
  }
  archiver.identity_ = (*archive)->identity();
  if ((*archive)->segment_count() > 0) {
    ASSIGN_OR_RETURN(archiver.last_, (*archive)->index((*archive)->last()));
  }
  return archiver;
}

Result<bool> Archiver::archive_next(const std::atomic<bool>* stopping) {
  ASSIGN_OR_RETURN(const std::vector<log::SegmentNumber> numbers, log::list_segments(*log_));
  RETURN_IF_ERROR(check_log(numbers));
  if (numbers.empty()) return false;
  log::SegmentNumber next = numbers.front();
  if (identity_) next = last_ ? log::SegmentNumber(last().value() + 1) : identity_->first_segment;
  if (next < numbers.front()) {
    return Error::corruption(fmt::format("segment {} was trimmed before it was archived", next.value()));
  }
  if (next > numbers.back()) return false;
  if (!std::binary_search(numbers.begin(), numbers.end(), next)) {
    return Error::corruption(fmt::format("segment {} is missing, and later ones are there", next.value()));
  }
  ASSIGN_OR_RETURN(const log::SegmentReport report, log::verify_segment(*log_, next));
  if (!report.problem.empty()) return Error::corruption(report.problem);
  if (!report.trailer) return false;
  if (!identity_) {
    identity_ = Identity{report.header->incarnation, next, report.trailer->chain_before};
    if (Status status = create_same(*store_, kIdentityKey, encode_identity(*identity_)); !status.ok()) {
      identity_.reset();
      return status.error();
    }
  }
  const log::Hash& before = last_ ? last_->trailer.chain : identity_->chain_before;
  if (report.header->incarnation != identity_->incarnation || report.trailer->chain_before != before) {
    return Error::corruption(fmt::format("segment {} does not follow what was archived", next.value()));
  }
  ASSIGN_OR_RETURN(last_, copy(next, stopping));
  return true;
}

// That the log is the one that was archived so far: one that was put in its place, or was restored from an
// older copy, must not pass for one that has nothing new.
Status Archiver::check_log(const std::vector<log::SegmentNumber>& numbers) const {
  if (!last_) return {};
  const auto another = [&] {
    return Error::corruption(
        fmt::format("segment {} of the log is not the one that was archived", last().value()));
  };
  if (numbers.empty() || numbers.back() < last()) {
    return Error::corruption(
        fmt::format("the log ends before segment {}, which was archived", last().value()));
  }
  if (last() < numbers.front()) return {};
  if (!std::binary_search(numbers.begin(), numbers.end(), last())) return another();
  const auto file = log_->open(log::segment_name(last()));
  if (!file.ok()) {
    // It may have been trimmed since.
    ASSIGN_OR_RETURN(const auto now, log::list_segments(*log_));
    return now.empty() || now.front() <= last() ? Status(file.error()) : Status();
  }
  ASSIGN_OR_RETURN(const std::uint64_t size, (*file)->size());
  if (size != last_->trailer.file_bytes) return another();
  ASSIGN_OR_RETURN(const std::string trailer,
                   files::read_exactly(**file, size - log::kTrailerBytes, log::kTrailerBytes));
  return trailer == last_->trailer_bytes ? Status() : Status(another());
}

Result<SegmentIndex> Archiver::copy(log::SegmentNumber number, const std::atomic<bool>* stopping) {
  ASSIGN_OR_RETURN(const auto file, log_->open(log::segment_name(number)));
  ASSIGN_OR_RETURN(const std::uint64_t size, file->size());
  SegmentIndex index;
  ASSIGN_OR_RETURN(index.first_bytes, files::read_exactly(*file, 0, log::kFramesOffset));
  ASSIGN_OR_RETURN(index.trailer_bytes,
                   files::read_exactly(*file, size - log::kTrailerBytes, log::kTrailerBytes));
  ASSIGN_OR_RETURN(
      index.header,
      log::decode_segment_header(std::string_view(index.first_bytes).substr(0, log::kSegmentHeaderBytes)));
  ASSIGN_OR_RETURN(index.trailer, log::decode_trailer(index.trailer_bytes, index.header, size));
  if (index.trailer.shard_count > kIndexShardsMax) {
    return Error::internal(fmt::format("segment {} has {} shards: an index takes {}", number.value(),
                                       index.trailer.shard_count, kIndexShardsMax));
  }
  ASSIGN_OR_RETURN(index.shard_bytes, files::read_exactly(*file, index.trailer.shards_offset(),
                                                          index.trailer.shard_count * log::kShardRowBytes));
  if (last_) index.before = last_->hash;
  RETURN_IF_ERROR(upload(*file, index, index.object_hash, stopping));
  const std::string bytes = encode_index(index);
  // Nothing is archived that could not be read again.
  ASSIGN_OR_RETURN(SegmentIndex decoded, decode_index(bytes));
  RETURN_IF_ERROR(create_same(*store_, index_key(number), bytes));
  return decoded;
}

Status Archiver::upload(const files::File& file, const SegmentIndex& index, log::Hash& hash,
                        const std::atomic<bool>* stopping) {
  const std::string key = segment_key(index.header.number);
  ASSIGN_OR_RETURN(const auto upload, store_->upload(key));
  log::Hasher hasher;
  for (std::uint64_t at = 0; at < index.trailer.file_bytes;) {
    if (stopping != nullptr && *stopping) return Error(ErrorCode::kUnavailable, "archiving was stopped");
    const std::uint64_t size = std::min<std::uint64_t>(kCopyBytes, index.trailer.file_bytes - at);
    ASSIGN_OR_RETURN(const std::string piece, files::read_exactly(file, at, size));
    hasher.add(piece);
    RETURN_IF_ERROR(upload->add(piece));
    at += size;
  }
  hash = hasher.finish();
  ASSIGN_OR_RETURN(const objects::Created created, upload->finish());
  if (created == objects::Created::kCreated) return {};
  ASSIGN_OR_RETURN(const bool same, has_hash(*store_, key, hash));
  return same ? Status() : Status(taken(key));
}

}  // namespace gyre::archive
