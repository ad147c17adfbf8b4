// SPDX-License-Identifier: Apache-2.0
#include "core/storage/change_record.h"

#include <cstring>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/storage/message_io.h"
#include "schemas/change_record.capnp.h"

namespace gyre::storage {
namespace {

// How large a message is, summed up in advance; FlatMessage checks that the sum is right.
std::size_t words_of(const Version& version) {
  return capnp::sizeInWords<schemas::Version>() + words_of_text(version.region.name().size());
}

std::size_t words_of(const Origin& origin) {
  return capnp::sizeInWords<schemas::Origin>() + words_of_text(origin.region.name().size());
}

std::string vector_bytes(const VersionVector& vector) {
  std::string bytes;
  if (!vector.empty()) vector.append(bytes);
  return bytes;
}

Result<VersionVector> read_vector(capnp::Data::Reader data) {
  if (data.size() == 0) return VersionVector();
  ByteReader reader({reinterpret_cast<const char*>(data.begin()), data.size()});
  ASSIGN_OR_RETURN(VersionVector vector, VersionVector::read(reader));
  if (!reader.at_end()) return Error::corruption("a version vector is too long");
  return vector;
}

void write_version(schemas::Version::Builder out, const Version& version) {
  out.setClock(version.clock);
  if (!version.region.empty()) out.setRegion(as_text(version.region.name()));
}

Version read_version(schemas::Version::Reader in) {
  return {in.getClock(), RegionId(to_string(in.getRegion()))};
}

void write_origin(schemas::Origin::Builder out, const Origin& origin) {
  if (!origin.region.empty()) out.setRegion(as_text(origin.region.name()));
  out.setIncarnation(origin.incarnation.value());
  out.setSequence(origin.sequence.value());
}

Origin read_origin(schemas::Origin::Reader in) {
  return {RegionId(to_string(in.getRegion())), IncarnationId(in.getIncarnation()),
          SequenceNumber(in.getSequence())};
}

Result<ChangeKind> read_kind(schemas::ChangeRecord::Kind kind) {
  if (static_cast<std::uint16_t>(kind) > static_cast<std::uint16_t>(ChangeKind::kCatalog)) {
    return Error::corruption("a change record has an unknown kind");
  }
  return static_cast<ChangeKind>(kind);
}

static_assert(static_cast<int>(schemas::ChangeRecord::Kind::CATALOG) ==
              static_cast<int>(ChangeKind::kCatalog));
static_assert(static_cast<int>(schemas::ChangeRecord::Kind::TOUCH) == static_cast<int>(ChangeKind::kTouch));
static_assert(static_cast<int>(schemas::ChangeRecord::Kind::REMOVE) == static_cast<int>(ChangeKind::kRemove));

std::size_t words_of(const Audit& audit) {
  return words_of_text(audit.principal.size()) + words_of_text(audit.request_id.size()) +
         words_of_text(audit.source_address.size()) + words_of_data(audit.user_agent.size());
}

void write_audit(schemas::ChangeRecord::Builder out, const Audit& audit) {
  if (!audit.principal.empty()) out.setPrincipal(as_text(audit.principal));
  out.setPrincipalVerified(audit.verified);
  if (!audit.request_id.empty()) out.setRequestId(as_text(audit.request_id));
  if (!audit.source_address.empty()) out.setSourceAddress(as_text(audit.source_address));
  if (!audit.user_agent.empty()) out.setUserAgent(as_data(audit.user_agent));
}

Audit read_audit(schemas::ChangeRecord::Reader in) {
  return {to_string(in.getPrincipal()), in.getPrincipalVerified(), to_string(in.getRequestId()),
          to_string(in.getSourceAddress()), to_string(in.getUserAgent())};
}

// Images that are encrypted or compressed would be taken for others.
Status check_codec(schemas::ChangeRecord::Reader in) {
  if (in.getImageCodec() == 0) return {};
  return Error::corruption("the images of a change record are encrypted or compressed by codec " +
                           std::to_string(in.getImageCodec()) + ", which this version does not know");
}

Result<ChangeRecord> read_record(schemas::ChangeRecord::Reader in) {
  RETURN_IF_ERROR(check_codec(in));
  ChangeRecord record;
  record.shard = ShardId(in.getShard());
  record.sequence = SequenceNumber(in.getSequence());
  record.ordinal = Ordinal(in.getOrdinal());
  record.cumulative_bytes = in.getCumulativeBytes();
  ASSIGN_OR_RETURN(record.kind, read_kind(in.getKind()));
  record.table = TableId(in.getTableId());
  record.keys = to_string(in.getKeys());
  record.old_image = to_string(in.getOldImage());
  record.new_image = to_string(in.getNewImage());
  record.version = read_version(in.getVersion());
  ASSIGN_OR_RETURN(record.vector, read_vector(in.getVector()));
  record.replaced = read_version(in.getReplaced());
  record.origin = read_origin(in.getOrigin());
  record.commit_time = in.getCommitTime();
  record.transaction_id = in.getTransactionId();
  record.participant_count = in.getParticipantCount();
  record.audit = read_audit(in);
  record.backfill = in.getBackfill();
  record.catalog_change = to_string(in.getCatalogChange());
  return record;
}

std::size_t words_of(const ChangeRecord& record, const RecordParts& parts, std::size_t vector_size) {
  return 1 + capnp::sizeInWords<schemas::ChangeRecord>() + words_of_data(record.keys.size()) +
         words_of_data(parts.old_image.size()) + words_of_data(parts.new_image.size()) +
         words_of(record.version) + words_of_data(vector_size) + words_of(record.replaced) +
         words_of(record.origin) + words_of(parts.audit) + words_of_data(record.catalog_change.size());
}

}  // namespace

std::size_t change_record_size(const ChangeRecord& record, const RecordParts& parts) {
  return 8 * words_of(record, parts, vector_bytes(record.vector).size());
}

std::string encode_change_record(const ChangeRecord& record) {
  return encode_change_record(record, {record.old_image, record.new_image, record.audit}).bytes;
}

EncodedRecord encode_change_record(const ChangeRecord& record, const RecordParts& parts) {
  CHECK(record.kind <= ChangeKind::kCatalog);  // read_kind() knows no other
  const std::string vector = vector_bytes(record.vector);
  FlatMessage message(8 * words_of(record, parts, vector.size()));
  auto out = message.builder().initRoot<schemas::ChangeRecord>();
  out.setShard(record.shard.value());
  out.setSequence(record.sequence.value());
  out.setOrdinal(record.ordinal.value());
  out.setCumulativeBytes(record.cumulative_bytes);
  out.setKind(static_cast<schemas::ChangeRecord::Kind>(record.kind));
  out.setTableId(record.table.value());
  if (!record.keys.empty()) out.setKeys(as_data(record.keys));
  if (!parts.old_image.empty()) out.setOldImage(as_data(parts.old_image));
  EncodedRecord encoded;
  if (!parts.new_image.empty()) {
    capnp::Data::Builder image = out.initNewImage(static_cast<unsigned>(parts.new_image.size()));
    std::memcpy(image.begin(), parts.new_image.data(), image.size());
    encoded.new_image_offset = static_cast<std::uint32_t>(message.offset_of(image.begin()));
  }
  write_version(out.initVersion(), record.version);
  if (!vector.empty()) out.setVector(as_data(vector));
  write_version(out.initReplaced(), record.replaced);
  write_origin(out.initOrigin(), record.origin);
  out.setCommitTime(record.commit_time);
  out.setTransactionId(record.transaction_id);
  out.setParticipantCount(record.participant_count);
  write_audit(out, parts.audit);
  out.setBackfill(record.backfill);
  if (!record.catalog_change.empty()) out.setCatalogChange(as_data(record.catalog_change));
  encoded.bytes = std::move(message).finish();
  return encoded;
}

Result<ChangeRecord> decode_change_record(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::ChangeRecord>(read_record);
}

Result<LogPosition> read_log_position(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::ChangeRecord>([](schemas::ChangeRecord::Reader in) -> Result<LogPosition> {
    return LogPosition{ShardId(in.getShard()), SequenceNumber(in.getSequence()), Ordinal(in.getOrdinal()),
                       in.getCumulativeBytes(), in.getCommitTime()};
  });
}

Result<ChangeSource> read_change_source(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::ChangeRecord>([](schemas::ChangeRecord::Reader in) -> Result<ChangeSource> {
    ASSIGN_OR_RETURN(const ChangeKind kind, read_kind(in.getKind()));
    return ChangeSource{kind, RegionId(to_string(in.getOrigin().getRegion()))};
  });
}

std::uint64_t change_record_checksum(std::string_view bytes) {
  return hash64(bytes);
}

std::string encode_conflict(const Conflict& conflict) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::Conflict>();
  out.setTableId(conflict.table.value());
  out.setKeys(as_data(conflict.keys));
  out.setSequence(conflict.sequence.value());
  out.setCommitTime(conflict.commit_time);
  write_version(out.initWinner(), conflict.winner);
  out.setWinnerImage(as_data(conflict.winner_image));
  write_version(out.initLoser(), conflict.loser);
  out.setLoserImage(as_data(conflict.loser_image));
  return canonical_bytes(out);
}

Result<Conflict> decode_conflict(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::Conflict>([](schemas::Conflict::Reader in) -> Result<Conflict> {
    Conflict conflict;
    conflict.table = TableId(in.getTableId());
    conflict.keys = to_string(in.getKeys());
    conflict.sequence = SequenceNumber(in.getSequence());
    conflict.commit_time = in.getCommitTime();
    conflict.winner = read_version(in.getWinner());
    conflict.winner_image = to_string(in.getWinnerImage());
    conflict.loser = read_version(in.getLoser());
    conflict.loser_image = to_string(in.getLoserImage());
    return conflict;
  });
}

}  // namespace gyre::storage
