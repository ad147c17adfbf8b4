// SPDX-License-Identifier: Apache-2.0
#include "cli/log_commands.h"

#include <fmt/core.h>

#include <filesystem>
#include <optional>

#include "cli/admin.h"
#include "cli/exit_codes.h"
#include "core/files/local_folder.h"
#include "core/json/json_writer.h"
#include "core/log/salvage.h"
#include "core/log/verify.h"
#include "core/storage/change_record.h"
#include "streams/record_json.h"
#include "streams/record_parts.h"

namespace gyre::cli {
namespace {

namespace fs = std::filesystem;

std::string_view segment_state(const log::SegmentReport& report) {
  if (!report.problem.empty()) return "damaged";
  if (report.trailer) return "sealed";
  return report.opening ? "open" : "prepared";
}

std::string json_of(const log::SegmentReport& report) {
  std::string line;
  json::Writer writer(line);
  writer.begin_object();
  writer.key("segment").unsigned_integer(report.number.value());
  writer.member("state", segment_state(report));
  if (report.opening) writer.key("first_frame").unsigned_integer(report.opening->first_frame.value());
  writer.key("frame_count").unsigned_integer(report.frame_count);
  writer.key("record_count").unsigned_integer(report.record_count);
  writer.key("frames_end").unsigned_integer(report.frames_end);
  if (!report.problem.empty()) writer.member("damage", report.problem);
  writer.end_object();
  return line;
}

std::string text_of(const log::SegmentReport& report) {
  std::string line =
      fmt::format("segment {}: {}, {} frames, {} records, {} bytes", report.number.value(),
                  segment_state(report), report.frame_count, report.record_count, report.frames_end);
  if (report.frame_count > 0) {
    line += fmt::format(", frames {} to {}", report.opening->first_frame.value(), report.last_frame.value());
  }
  if (!report.problem.empty()) line += "\n  damage: " + report.problem;
  return line;
}

std::string damage_line(log::SegmentNumber segment, std::string_view damage) {
  std::string line;
  json::Writer writer(line);
  writer.begin_object();
  writer.key("segment").unsigned_integer(segment.value());
  writer.member("damage", damage);
  writer.end_object();
  return line;
}

// What the bytes say, of a change record.
Status write_change(json::Writer& writer, const log::Entry& entry) {
  RETURN_IF_ERROR(log::check_plain(entry.head));
  ASSIGN_OR_RETURN(const storage::ChangeRecord record, storage::decode_change_record(entry.bytes));
  writer.key("change").begin_object();
  writer.member("event", streams::event_name(record.kind));
  writer.key("table_id").unsigned_integer(record.table.value());
  streams::write_audit(writer, record.audit);
  writer.end_object();
  return {};
}

std::string record_line(log::SegmentNumber segment, const log::WalkedFrame& frame, std::size_t at) {
  const log::Entry entry = frame.view.entry(at);
  std::string line;
  json::Writer writer(line);
  writer.begin_object();
  writer.key("segment").unsigned_integer(segment.value());
  writer.key("offset").unsigned_integer(frame.offset);
  writer.key("frame").unsigned_integer(frame.view.header().number.value());
  writer.key("commit_time_ms").unsigned_integer(frame.view.header().commit_time_ms);
  writer.key("shard").unsigned_integer(entry.head.shard.value());
  writer.key("sequence").unsigned_integer(entry.head.sequence.value());
  writer.key("ordinal").unsigned_integer(entry.head.ordinal.value());
  writer.key("time").unsigned_integer(entry.head.time);
  if (entry.head.key_id != 0) writer.key("key_id").unsigned_integer(entry.head.key_id);
  if (entry.head.codec != 0) writer.key("codec").unsigned_integer(entry.head.codec);
  writer.key("record").base64_string(entry.bytes);
  const Status change = write_change(writer, entry);
  if (!change.ok()) writer.member("unreadable", change.error().message);
  writer.end_object();
  return line;
}

// Answers whether anything of the frame is damaged.
bool dump_frame(log::SegmentNumber segment, const log::WalkedFrame& frame, std::uint64_t shard,
                const PrintLine& print) {
  bool damaged = false;
  for (std::size_t at = 0; at < frame.view.entry_count(); ++at) {
    const log::EntryHead& head = frame.view.head(at);
    if (shard != 0 && head.shard.value() != shard) continue;
    if (frame.view.entry_is_intact(at)) {
      print(record_line(segment, frame, at));
      continue;
    }
    damaged = true;
    print(damage_line(
        segment, fmt::format("segment {}, offset {}, frame {}: the record with sequence {} of shard {} is "
                             "damaged",
                             segment.value(), frame.offset, frame.view.header().number.value(),
                             head.sequence.value(), head.shard.value())));
  }
  return damaged;
}

Result<bool> dump_segment(files::Folder& folder, log::SegmentNumber segment, std::uint64_t shard,
                          const PrintLine& print) {
  // One that was prepared and not used has nothing.
  Result<log::Salvage> salvage = log::Salvage::open(folder, segment);
  if (!salvage.ok()) {
    if (salvage.error().code != ErrorCode::kCorruption) return salvage.error();
    ASSIGN_OR_RETURN(const log::SegmentReport report, log::verify_segment(folder, segment));
    if (report.problem.empty()) return false;
    print(damage_line(segment, report.problem));
    return true;
  }
  bool damaged = false;
  while (true) {
    ASSIGN_OR_RETURN(const auto step, salvage->next());
    if (!step) break;
    if (step->frame) {
      damaged = dump_frame(segment, *step->frame, shard, print) || damaged;
    } else {
      damaged = true;
      print(damage_line(segment, step->damage));
    }
  }
  if (salvage->is_sealed()) return damaged;
  ASSIGN_OR_RETURN(const std::string lost, log::lost_end(folder, segment));
  if (!lost.empty()) print(damage_line(segment, lost));
  return damaged || !lost.empty();
}

void print_line(const std::string& line) {
  fmt::print("{}\n", line);
}

int exit_code_of(const Result<bool>& damaged) {
  if (!damaged.ok()) return fail(damaged.error());
  return *damaged ? kExitFinding : kExitDone;
}

bool has_segments(const std::string& path) {
  std::error_code ignored;
  for (fs::directory_iterator entry(path, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    if (log::segment_number(entry->path().filename().string())) return true;
  }
  return false;
}

}  // namespace

Result<bool> verify_log(files::Folder& folder, bool json, const PrintLine& print) {
  ASSIGN_OR_RETURN(const auto numbers, log::list_segments(folder));
  bool damaged = false;
  std::optional<log::SegmentReport> before;
  for (const log::SegmentNumber number : numbers) {
    ASSIGN_OR_RETURN(log::SegmentReport report, log::verify_segment(folder, number));
    // What follows a damage has nothing to be compared with, but for its number.
    const bool comparable =
        before && (before->problem.empty() || number.value() != before->number.value() + 1);
    if (report.problem.empty() && comparable) report.problem = log::why_not_continued(*before, report);
    damaged = damaged || !report.problem.empty();
    print(json ? json_of(report) : text_of(report));
    before = std::move(report);
  }
  return damaged;
}

Result<bool> dump_log(files::Folder& folder, const LogCommand& command, const PrintLine& print) {
  ASSIGN_OR_RETURN(const auto numbers, log::list_segments(folder));
  bool damaged = false;
  bool found = command.segment == 0;
  for (const log::SegmentNumber number : numbers) {
    if (command.segment != 0 && number.value() != command.segment) continue;
    found = true;
    ASSIGN_OR_RETURN(const bool one, dump_segment(folder, number, command.shard, print));
    damaged = damaged || one;
  }
  if (!found) return Error::resource_not_found(fmt::format("the log has no segment {}", command.segment));
  return damaged;
}

Result<std::unique_ptr<files::Folder>> open_log_folder(const std::string& data) {
  for (const std::string& path : {data, data + "/log"}) {
    if (has_segments(path)) return files::open_local_folder(path);
  }
  return Error::resource_not_found(
      fmt::format("there are no segments of a log in '{}' or '{}/log'", data, data));
}

int run_log_verify(const LogCommand& command) {
  const auto folder = open_log_folder(command.data);
  if (!folder.ok()) return fail(folder.error());
  return exit_code_of(verify_log(**folder, command.json, print_line));
}

int run_log_dump(const LogCommand& command) {
  const auto folder = open_log_folder(command.data);
  if (!folder.ok()) return fail(folder.error());
  return exit_code_of(dump_log(**folder, command, print_line));
}

}  // namespace gyre::cli
