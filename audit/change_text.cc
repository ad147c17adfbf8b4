// SPDX-License-Identifier: Apache-2.0
#include "audit/change_text.h"

#include <fmt/core.h>

#include <ctime>

#include "audit/item_differences.h"
#include "core/json/attribute_json.h"
#include "core/json/utf8.h"
#include "core/storage/catalog.h"
#include "streams/record_parts.h"

namespace gyre::audit {
namespace {

constexpr std::string_view kHeading =
    "time,sequence,event,table,keys,principal,verified,source_address,user_agent,request_id,region,old_image,"
    "new_image";

void add_cell(std::string& row, std::string_view text, bool is_first = false) {
  if (!is_first) row += ',';
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    row += text;
    return;
  }
  row += '"';
  for (const char c : text) {
    if (c == '"') row += '"';
    row += c;
  }
  row += '"';
}

// Empty if there is none.
Result<std::string> image_json(std::string_view image) {
  std::string text;
  if (image.empty()) return text;
  json::Writer writer(text);
  RETURN_IF_ERROR(json::write_encoded_item(writer, image));
  return text;
}

std::string line_of(const Difference& difference) {
  switch (difference.kind) {
    case DifferenceKind::kAdded:
      return fmt::format("    + {}: {}\n", difference.path, difference.after);
    case DifferenceKind::kRemoved:
      return fmt::format("    - {}: {}\n", difference.path, difference.before);
    case DifferenceKind::kChanged:
      return fmt::format("    ~ {}: {} -> {}\n", difference.path, difference.before, difference.after);
  }
  return {};
}

}  // namespace

std::string time_text(std::uint64_t ms) {
  // Years have four digits.
  constexpr std::uint64_t kMsMax = 253'402'300'799'999;
  if (ms > kMsMax) return fmt::format("{} ms", ms);
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, ms % 1000);
}

std::string csv_heading() {
  return std::string(kHeading);
}

Result<std::string> csv_row(const storage::ChangeRecord& record, const std::string& table) {
  ASSIGN_OR_RETURN(const std::string keys, image_json(record.keys));
  ASSIGN_OR_RETURN(const std::string before, image_json(record.old_image));
  ASSIGN_OR_RETURN(const std::string after, image_json(record.new_image));
  std::string row;
  add_cell(row, time_text(hybrid_to_ms(record.commit_time)), true);
  add_cell(row, storage::sequence_text(record.sequence));
  add_cell(row, streams::event_name(record.kind));
  add_cell(row, table);
  add_cell(row, keys);
  add_cell(row, json::to_utf8(record.audit.principal));
  add_cell(row, record.audit.verified ? "true" : "false");
  add_cell(row, json::to_utf8(record.audit.source_address));
  add_cell(row, json::to_utf8(record.audit.user_agent));
  add_cell(row, json::to_utf8(record.audit.request_id));
  add_cell(row, record.origin.region.name());
  add_cell(row, before);
  add_cell(row, after);
  return row;
}

std::string who_text(const storage::Audit& audit) {
  if (audit.principal.empty()) return "nobody that is known";
  std::string text = json::to_utf8(audit.principal) + (audit.verified ? " (verified)" : " (claimed)");
  if (!audit.source_address.empty()) text += " from " + json::to_utf8(audit.source_address);
  return text;
}

Result<std::string> readable_change(const storage::ChangeRecord& record, const std::string& table) {
  ASSIGN_OR_RETURN(const std::string keys, image_json(record.keys));
  std::string text = fmt::format(
      "{}  {:<7} {} {}  sequence {}, by {}\n", time_text(hybrid_to_ms(record.commit_time)),
      streams::event_name(record.kind), table, keys, record.sequence.value(), who_text(record.audit));
  ASSIGN_OR_RETURN(const auto differences, item_differences(record.old_image, record.new_image));
  for (const Difference& difference : differences) text += line_of(difference);
  return text;
}

}  // namespace gyre::audit
