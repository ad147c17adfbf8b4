// SPDX-License-Identifier: Apache-2.0
#include "core/archive/verify.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/archive/archive.h"
#include "core/archive/archive_folder.h"
#include "core/log/merkle.h"
#include "core/log/verify.h"

namespace gyre::archive {
namespace {

/// Objects of one kind, by number.
struct Kind {
  std::string prefix;
  std::string suffix;
  std::uint64_t last = 0;
};

/// What a seal says, to be held against the segments.
struct Claim {
  SealNumber number{};
  std::uint64_t segment_count = 0;
  log::Hash root{};
  log::Hash chain{};
  log::Hash index_hash{};
};

class Verifier {
 public:
  Verifier(objects::ObjectStore& store, const Known& known)
      : store_(store), known_(known), folder_(make_archive_folder(store)) {}

  Result<ArchiveReport> run() {
    ASSIGN_OR_RETURN(const auto identity, read<Identity>(kIdentityKey, decode_identity));
    if (identity) identity_ = *identity;
    RETURN_IF_ERROR(look_at_names());
    if (!identity) return report_;
    RETURN_IF_ERROR(check_keys());
    RETURN_IF_ERROR(check_seals());
    RETURN_IF_ERROR(check_segments());
    return report_;
  }

 private:
  void find(const std::string& object, std::string what) {
    if (report_.findings.size() < ArchiveReport::kFindingsMax)
      report_.findings.push_back({object, std::move(what)});
  }

  // nullopt: it is missing or damaged, which is a finding then.
  template <class Decoded>
  Result<std::optional<Decoded>> read(const std::string& key, Result<Decoded> (*decode)(std::string_view)) {
    Result<Decoded> decoded = read_object(store_, key, decode);
    if (decoded.ok()) return std::optional<Decoded>(*std::move(decoded));
    const Error& error = decoded.error();
    if (error.code == ErrorCode::kResourceNotFound) {
      find(key, "it is missing");
    } else if (error.code == ErrorCode::kCorruption) {
      find(key, error.message);
    } else {
      return error;
    }
    return std::optional<Decoded>();
  }

  Status look_at_names() {
    std::optional<std::string> after = "";
    while (after) {
      ASSIGN_OR_RETURN(const objects::ObjectPage page, store_.list("", *after));
      for (const objects::ObjectInfo& object : page.objects) {
        if (object.key != kIdentityKey && !count(object.key))
          find(object.key, "it is none of the archive's objects");
      }
      after = page.next;
    }
    return {};
  }

  bool count(const std::string& key) {
    for (Kind* kind : {&index_, &keys_, &seals_, &segments_}) {
      const auto number = number_in(key, kind->prefix, kind->suffix);
      if (!number) continue;
      const bool is_of_segment = kind == &index_ || kind == &segments_;
      if (is_of_segment && *number < identity_.first_segment.value()) return false;
      kind->last = std::max(kind->last, *number);
      return true;
    }
    return false;
  }

  // A number that is out of all proportion is that of an object that was put there: else whoever put it there
  // would make us look for all those before it.
  Result<std::uint64_t> bounded_last(const Kind& kind, std::uint64_t first) {
    std::uint64_t last = first - 1;
    std::uint64_t missing = 0;
    for (std::uint64_t number = first; number <= kind.last && missing < ArchiveReport::kFindingsMax;
         ++number) {
      const auto object = store_.head(fmt::format("{}{:016}{}", kind.prefix, number, kind.suffix));
      if (!object.ok() && object.error().code != ErrorCode::kResourceNotFound) return object.error();
      const bool there = object.ok();
      missing = there ? 0 : missing + 1;
      if (there) last = number;
    }
    if (last < kind.last) {
      find(fmt::format("{}{:016}{}", kind.prefix, kind.last, kind.suffix),
           "what should come before it is missing");
    }
    return last;
  }

  Status check_keys() {
    ASSIGN_OR_RETURN(const std::uint64_t last, bounded_last(keys_, 1));
    std::optional<PublicKey> before;
    bool believed = !known_.key.has_value();
    for (std::uint64_t number = 1; number <= last; ++number) {
      const std::string name = key_key(KeyNumber(number));
      ASSIGN_OR_RETURN(const auto record, read<KeyRecord>(name, decode_key_record));
      if (record && (record->number != KeyNumber(number) || record->incarnation != identity_.incarnation ||
                     (before && record->before != *before))) {
        find(name, "it does not follow the key before");
      }
      before = record ? std::optional(record->key) : std::nullopt;
      believed = believed || (record && record->key == known_.key);
      known_keys_.push_back(believed ? before : std::nullopt);
    }
    report_.key_count = last;
    if (!believed) find(kKeysPrefix, "the key that is known from elsewhere is none of the archive's");
    return {};
  }

  Status check_seals() {
    ASSIGN_OR_RETURN(const std::uint64_t last, bounded_last(seals_, 1));
    std::optional<Seal> before;
    bool known_seen = !known_.seal.has_value();
    for (std::uint64_t number = 1; number <= last; ++number) {
      const std::string name = seal_key(SealNumber(number));
      ASSIGN_OR_RETURN(std::optional<Seal> seal, read<Seal>(name, decode_seal));
      if (seal) {
        check_seal(name, SealNumber(number), *seal, before, number == 1);
        known_seen = known_seen || seal->hash() == known_.seal;
        if (claims_.empty() || seal->segment_count > claims_.back().segment_count) {
          claims_.push_back({seal->number, seal->segment_count, seal->root, seal->chain, seal->index_hash});
        }
      }
      before = std::move(seal);
    }
    report_.seal_count = last;
    if (!known_seen) find(kSealsPrefix, "the seal that is known from elsewhere is missing");
    return {};
  }

  void check_seal(const std::string& name, SealNumber number, const Seal& seal,
                  const std::optional<Seal>& before, bool is_first) {
    if (seal.number != number || seal.incarnation != identity_.incarnation ||
        seal.first_segment != identity_.first_segment) {
      find(name, "it is a seal of something else");
    }
    const std::size_t key = seal.key_number.value() - 1;
    if (key >= known_keys_.size()) {
      find(key_key(seal.key_number), fmt::format("it is missing: seal {} is signed with it", number.value()));
    } else if (known_keys_[key] != seal.key) {
      find(name, fmt::format("it is signed with a key that is not to be believed (number {})", key + 1));
    }
    if (is_first && seal.before != log::Hash{}) find(name, "it follows another seal");
    if (!before) return;
    if (seal.before != before->hash()) find(name, "it follows another seal");
    if (seal.segment_count <= before->segment_count || seal.time_ms < before->time_ms ||
        seal.key_number < before->key_number) {
      find(name, "it is older than the seal before it");
    }
  }

  Status check_segments() {
    const std::uint64_t first = identity_.first_segment.value();
    chain_ = identity_.chain_before;
    index_hash_ = log::Hash{};
    ASSIGN_OR_RETURN(std::uint64_t last, bounded_last(index_, first));
    if (!claims_.empty()) {
      const std::uint64_t sealed = first + claims_.back().segment_count - 1;
      // As above.
      if (sealed > last + ArchiveReport::kFindingsMax) {
        find(seal_key(claims_.back().number), "it has many segments that are missing");
      } else {
        last = std::max(last, sealed);
      }
    }
    for (std::uint64_t number = first; number <= last; ++number)
      RETURN_IF_ERROR(check_segment(log::SegmentNumber(number)));
    report_.segment_count = last + 1 - first;
    if (segments_.last == last + 1) return check_unfinished(log::SegmentNumber(last + 1));
    if (segments_.last > last) find(segment_key(log::SegmentNumber(segments_.last)), "no index has it");
    return {};
  }

  // A segment may be there before its index: archiving was interrupted. Then it continues the log.
  Status check_unfinished(log::SegmentNumber number) {
    ASSIGN_OR_RETURN(const auto segment, whole_segment(number));
    const bool follows = segment && chain_ && segment->trailer->chain_before == *chain_;
    if (segment && !follows)
      find(segment_key(number), "no index has it, and it does not follow the segment before");
    return {};
  }

  // nullopt: it is missing or damaged, which is a finding then.
  Result<std::optional<log::SegmentReport>> whole_segment(log::SegmentNumber number) {
    const std::string name = segment_key(number);
    Result<log::SegmentReport> segment = log::verify_segment(*folder_, number);
    std::optional<log::SegmentReport> whole;
    if (!segment.ok()) {
      if (segment.error().code == ErrorCode::kResourceNotFound) {
        find(name, "it is missing");
      } else if (segment.error().code == ErrorCode::kCorruption) {
        find(name, segment.error().message);
      } else {
        return segment.error();
      }
    } else if (!segment->problem.empty()) {
      find(name, segment->problem);
    } else if (!segment->trailer) {
      find(name, fmt::format("segment {}: its end is missing or damaged, behind frame {} at offset {}",
                             number.value(), segment->last_frame.value(), segment->frames_end));
    } else if (segment->header->incarnation != identity_.incarnation) {
      find(name, "it is a segment of another log");
    } else {
      whole = *std::move(segment);
    }
    return whole;
  }

  Status check_segment(log::SegmentNumber number) {
    ASSIGN_OR_RETURN(const auto index, read<SegmentIndex>(index_key(number), decode_index));
    ASSIGN_OR_RETURN(const auto segment, whole_segment(number));
    if (index) check_index(number, *index);
    std::optional<log::Trailer> trailer;
    if (segment) {
      report_.record_count += segment->record_count;
      trailer = segment->trailer;
      if (index && index->trailer != *trailer)
        find(segment_key(number), "it is another one than its index says");
      if (chain_ && trailer->chain_before != *chain_) {
        find(segment_key(number), "it does not follow the segment before");
      }
    } else if (index) {
      trailer = index->trailer;
    }
    RETURN_IF_ERROR(grow_tree(number, index ? &*index : nullptr, segment.has_value()));
    chain_ = trailer ? std::optional(trailer->chain) : std::nullopt;
    index_hash_ = index ? std::optional(index->hash) : std::nullopt;
    check_claim();
    return {};
  }

  void check_index(log::SegmentNumber number, const SegmentIndex& index) {
    if (index.number() != number || index.header.incarnation != identity_.incarnation) {
      find(index_key(number), "it is the index of something else");
    } else if (index_hash_ && index.before != *index_hash_) {
      find(index_key(number), "it does not follow the index before");
    }
  }

  // The leaf comes from the index, or else from the segment itself: one of them that is damaged does not make
  // all that comes later unprovable.
  Status grow_tree(log::SegmentNumber number, const SegmentIndex* index, bool segment_is_whole) {
    std::string trailer;
    if (index != nullptr) {
      trailer = index->trailer_bytes;
    } else if (segment_is_whole) {
      ASSIGN_OR_RETURN(const auto file, folder_->open(log::segment_name(number)));
      ASSIGN_OR_RETURN(const std::uint64_t size, file->size());
      ASSIGN_OR_RETURN(trailer, files::read_exactly(*file, size - log::kTrailerBytes, log::kTrailerBytes));
    } else {
      tree_is_known_ = false;
    }
    if (tree_is_known_) tree_.add(segment_leaf(trailer));
    return {};
  }

  void check_claim() {
    ++segments_seen_;
    while (next_claim_ < claims_.size() && claims_[next_claim_].segment_count < segments_seen_) ++next_claim_;
    if (next_claim_ == claims_.size() || claims_[next_claim_].segment_count != segments_seen_) return;
    const Claim& claim = claims_[next_claim_];
    report_.sealed_segment_count = segments_seen_;
    const bool differs = (tree_is_known_ && tree_.root() != claim.root) ||
                         (chain_ && *chain_ != claim.chain) ||
                         (index_hash_ && *index_hash_ != claim.index_hash);
    if (differs) find(seal_key(claim.number), "the segments are others than those that it seals");
  }

  objects::ObjectStore& store_;
  const Known& known_;
  const std::unique_ptr<files::Folder> folder_;
  ArchiveReport report_;
  Identity identity_;  // zeros: it could not be read
  Kind index_{kIndexPrefix, ".index"};
  Kind keys_{kKeysPrefix, ".key"};
  Kind seals_{kSealsPrefix, ".seal"};
  Kind segments_{kSegmentsPrefix, ".segment"};
  std::vector<std::optional<PublicKey>> known_keys_;  // by number; nullopt: damaged, or before the known one
  std::vector<Claim> claims_;
  std::size_t next_claim_ = 0;
  std::uint64_t segments_seen_ = 0;
  log::MerkleTree tree_;
  bool tree_is_known_ = true;
  std::optional<log::Hash> chain_;       // of the segment before; nullopt: not known
  std::optional<log::Hash> index_hash_;  // likewise
};

}  // namespace

Result<ArchiveReport> verify_archive(objects::ObjectStore& store, const Known& known) {
  return Verifier(store, known).run();
}

}  // namespace gyre::archive
