// SPDX-License-Identifier: Apache-2.0
#include "cli/audit_commands.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>

#include "audit/change_query.h"
#include "audit/change_text.h"
#include "cli/archive_key.h"
#include "cli/exit_codes.h"
#include "cli/files.h"
#include "consumers/replay.h"
#include "core/archive/proof.h"
#include "core/archive/sealing.h"
#include "core/archive/verify.h"
#include "core/base/hex.h"
#include "core/json/json_writer.h"
#include "core/json/utf8.h"
#include "core/storage/catalog.h"
#include "streams/record_json.h"
#include "streams/record_parts.h"

namespace gyre::cli {
namespace {

// The code of the process.
int exit_code_of(const Result<int>& code) {
  if (code.ok()) return *code;
  if (code.error().code != ErrorCode::kCorruption) return fail(code.error());
  fmt::print(stderr, "gyre: {}\n", code.error().message);
  return kExitFinding;
}

// 32 bytes in hexadecimal digits; nullopt for an empty text.
template <class Bytes>
Result<std::optional<Bytes>> known_bytes(const std::string& text, const char* option) {
  if (text.empty()) return std::optional<Bytes>();
  const std::optional<std::string> bytes = from_hex(text);
  Bytes known{};
  if (!bytes || bytes->size() != known.size())
    return Error::validation(fmt::format("{}: {} hexadecimal digits are wanted", option, 2 * known.size()));
  std::memcpy(known.data(), bytes->data(), known.size());
  return std::optional(known);
}

struct OpenArchive {
  SystemClock clock;
  std::unique_ptr<objects::ObjectStore> store;
  std::unique_ptr<archive::Archive> archive;
};
Result<std::unique_ptr<OpenArchive>> open_archive(const ArchivePlace& place) {
  auto open = std::make_unique<OpenArchive>();
  ASSIGN_OR_RETURN(open->store, open_archive_place(place, PlaceUse::kRead, kPersonPatienceMs, open->clock));
  ASSIGN_OR_RETURN(open->archive, archive::Archive::open(*open->store));
  return open;
}

// What a person keeps in a second place. Empty where it cannot be read, which the report says.
struct Anchors {
  std::vector<archive::KeyRecord> keys;
  std::optional<archive::Seal> seal;
};
Anchors anchors_of(objects::ObjectStore& store) {
  Anchors anchors;
  const auto archive = archive::Archive::open(store);
  if (!archive.ok()) return anchors;
  if (auto keys = archive::read_keys(**archive); keys.ok()) anchors.keys = *std::move(keys);
  if (auto seal = archive::last_seal(**archive); seal.ok()) anchors.seal = *std::move(seal);
  return anchors;
}

void print_json(const archive::ArchiveReport& report, const Anchors& anchors) {
  for (const archive::Finding& finding : report.findings) {
    std::string line;
    json::Writer writer(line);
    writer.begin_object().member("object", finding.object).member("finding", finding.what).end_object();
    fmt::print("{}\n", line);
  }
  std::string line;
  json::Writer writer(line);
  writer.begin_object();
  writer.key("segments").unsigned_integer(report.segment_count);
  writer.key("records").unsigned_integer(report.record_count);
  writer.key("seals").unsigned_integer(report.seal_count);
  writer.key("sealed_segments").unsigned_integer(report.sealed_segment_count);
  writer.key("keys").begin_array();
  for (const archive::KeyRecord& key : anchors.keys) writer.plain_string(hex(archive::key_bytes(key.key)));
  writer.end_array();
  if (anchors.seal) writer.member("seal", hex(log::hash_bytes(anchors.seal->hash())));
  writer.key("findings").unsigned_integer(report.findings.size()).end_object();
  fmt::print("{}\n", line);
}

void print_text(const archive::ArchiveReport& report, const Anchors& anchors, const std::string& name) {
  for (const archive::Finding& finding : report.findings)
    fmt::print("{}: {}\n", finding.object, finding.what);
  fmt::print("{}: {} segments with {} records, {} of them in {} seals\n", name, report.segment_count,
             report.record_count, report.sealed_segment_count, report.seal_count);
  for (const archive::KeyRecord& key : anchors.keys)
    fmt::print("key {}: {}\n", key.number.value(), hex(archive::key_bytes(key.key)));
  if (anchors.seal) {
    fmt::print("seal {} of {}: {}\n", anchors.seal->number.value(), audit::time_text(anchors.seal->time_ms),
               hex(log::hash_bytes(anchors.seal->hash())));
  }
  if (report.findings.empty()) {
    fmt::print("every byte is as it was written\n");
  } else {
    fmt::print("{} findings{}\n", report.findings.size(),
               report.findings.size() == archive::ArchiveReport::kFindingsMax ? ", or more" : "");
  }
}

Result<int> verify_all(const AuditVerifyCommand& command) {
  archive::Known known;
  ASSIGN_OR_RETURN(known.key, known_bytes<archive::PublicKey>(command.key, "--key"));
  ASSIGN_OR_RETURN(known.seal, known_bytes<log::Hash>(command.seal, "--seal"));
  const SystemClock clock;
  ASSIGN_OR_RETURN(const auto store,
                   open_archive_place(command.archive, PlaceUse::kRead, kPersonPatienceMs, clock));
  ASSIGN_OR_RETURN(const archive::ArchiveReport report, archive::verify_archive(*store, known));
  const Anchors anchors = anchors_of(*store);
  command.json ? print_json(report, anchors) : print_text(report, anchors, store->name());
  return report.findings.empty() ? kExitDone : kExitFinding;
}

// The record with this sequence must be the one that the person means: a proof of another would prove nothing
// that was asked.
Result<ShardId> find_record(const OpenArchive& open, const AuditProofCommand& command,
                            SequenceNumber sequence) {
  ASSIGN_OR_RETURN(const audit::History history, audit::History::open(open.store.get(), nullptr));
  ASSIGN_OR_RETURN(const audit::TableNames names, audit::TableNames::read(history));
  audit::ChangeQuery query{.table = command.table, .key = command.key};
  query.bounds.from = query.bounds.to = sequence;
  query.kinds.insert(storage::ChangeKind::kTouch);
  std::optional<ShardId> shard;
  RETURN_IF_ERROR(audit::read_changes(
      history, names, query, [&](const audit::LocatedRecord& located, const std::string&) -> Result<bool> {
        shard = located.record.shard;
        return false;
      }));
  if (shard) return *shard;
  return Error::resource_not_found(fmt::format("the archive has no change of {} in table {} with sequence {}",
                                               command.key, command.table, command.sequence));
}

Result<int> prove(const AuditProofCommand& command) {
  ASSIGN_OR_RETURN(const SequenceNumber sequence, audit::read_sequence(command.sequence));
  ASSIGN_OR_RETURN(const auto open, open_archive(command.archive));
  ASSIGN_OR_RETURN(const ShardId shard, find_record(*open, command, sequence));
  ASSIGN_OR_RETURN(const std::string proof, archive::prove_inclusion(*open->archive, shard, sequence));
  fmt::print("{}\n", proof);
  return kExitDone;
}

// A seal of the archive, by its number or by a copy of it that was kept elsewhere. kCorruption: the archive
// has another one in its place.
Result<archive::SealNumber> seal_number(const archive::Archive& archive, const std::string& text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && stop == text.data() + text.size()) return archive::SealNumber(number);
  ASSIGN_OR_RETURN(const std::string bytes, read_file(text));
  const Result<archive::Seal> kept = archive::decode_seal(bytes);
  if (!kept.ok()) return Error::validation(fmt::format("'{}': {}", text, kept.error().message));
  ASSIGN_OR_RETURN(const archive::Seal there, archive::read_seal(archive, kept->number));
  if (there.bytes == bytes) return kept->number;
  return Error::corruption(
      fmt::format("{}: the archive has another seal than '{}'", archive::seal_key(kept->number), text));
}

Result<int> show_consistency(const AuditConsistencyCommand& command) {
  ASSIGN_OR_RETURN(const auto open, open_archive(command.archive));
  ASSIGN_OR_RETURN(const archive::SealNumber old_seal, seal_number(*open->archive, command.old_seal));
  archive::SealNumber new_seal;
  if (command.new_seal.empty()) {
    ASSIGN_OR_RETURN(const auto last, archive::last_seal(*open->archive));
    if (!last) return Error::validation("the archive has no seal yet");
    new_seal = last->number;
  } else {
    ASSIGN_OR_RETURN(new_seal, seal_number(*open->archive, command.new_seal));
  }
  ASSIGN_OR_RETURN(const std::string proof, archive::prove_consistency(*open->archive, old_seal, new_seal));
  fmt::print("{}\n", proof);
  return kExitDone;
}

std::string who_json(const storage::ChangeRecord& record, const std::string& table) {
  std::string line;
  json::Writer writer(line);
  writer.begin_object().member("table", table).member("event", streams::event_name(record.kind));
  writer.member("sequence", storage::sequence_text(record.sequence));
  writer.key("commit_ms").unsigned_integer(hybrid_to_ms(record.commit_time));
  writer.member("region", record.origin.region.name());
  writer.member("identity", record.audit.verified ? "verified" : "claimed");
  streams::write_audit(writer, record.audit);
  writer.end_object();
  return line;
}

Result<int> tell_who(const AuditWhoCommand& command) {
  ASSIGN_OR_RETURN(const auto open, open_history(command.source));
  const audit::ChangeQuery query{.table = command.table, .key = command.key};
  const consumers::LineSink sink = consumers::file_sink(stdout, false);
  bool found = false;
  RETURN_IF_ERROR(audit::read_changes(
      *open->history, open->names, query,
      [&](const audit::LocatedRecord& located, const std::string& table) -> Result<bool> {
        const storage::ChangeRecord& record = located.record;
        found = true;
        if (command.json) return sink(who_json(record, table));
        return sink(fmt::format(
            "{}  {:<7} sequence {}  {}, request {}, {}", audit::time_text(hybrid_to_ms(record.commit_time)),
            streams::event_name(record.kind), record.sequence.value(), audit::who_text(record.audit),
            json::to_utf8(record.audit.request_id), json::to_utf8(record.audit.user_agent)));
      }));
  if (found) return kExitDone;
  fmt::print(stderr, "gyre: no change of the key {} is kept in table {}\n", command.key, command.table);
  return kExitFinding;
}

Result<int> rotate(const AuditRotateCommand& command) {
  ASSIGN_OR_RETURN(const std::string seed, read_archive_key(command.key));
  ASSIGN_OR_RETURN(const auto open, open_archive(command.archive));
  ASSIGN_OR_RETURN(const std::string next_seed, read_or_make_archive_key(command.next));
  const archive::SigningPair pair(seed);
  const archive::SigningPair next(next_seed);
  RETURN_IF_ERROR(archive::rotate_key(*open->archive, pair, next.public_key(), open->clock.now_ms()));
  fmt::print("seals to come are signed with {}: start the region with --archive-key '{}'\n",
             hex(archive::key_bytes(next.public_key())), command.next);
  return kExitDone;
}

}  // namespace

int run_audit_verify(const AuditVerifyCommand& command) {
  return exit_code_of(verify_all(command));
}
int run_audit_proof(const AuditProofCommand& command) {
  return exit_code_of(prove(command));
}
int run_audit_consistency(const AuditConsistencyCommand& command) {
  return exit_code_of(show_consistency(command));
}
int run_audit_who(const AuditWhoCommand& command) {
  return exit_code_of(tell_who(command));
}
int run_audit_rotate(const AuditRotateCommand& command) {
  return exit_code_of(rotate(command));
}

}  // namespace gyre::cli
