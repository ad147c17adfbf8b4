// SPDX-License-Identifier: Apache-2.0
#include "cli/archive_report.h"

#include <fmt/core.h>

#include <memory>
#include <utility>

#include "cli/region_calls.h"
#include "cli/time_text.h"
#include "core/api/checked_operation.h"
#include "core/api/parsed_operation.h"
#include "core/base/hex.h"
#include "core/json/json_writer.h"
#include "core/json/utf8.h"

namespace gyre::cli {
namespace {

using archive::ArchivingStatus;

std::string_view state_of(const ArchivingStatus& status) {
  if (status.missing_segments > 0) return "gap";
  if (!status.problem.empty()) return "failing";
  return status.last_segment == log::SegmentNumber() ? "starting" : "archiving";
}

std::string reply_of(const RegionId& region, const std::optional<ArchivingStatus>& status) {
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().member("Region", region.name());
  if (status) {
    writer.member("Archive", json::to_utf8(status->place)).member("State", state_of(*status));
    writer.member("Key", hex(archive::key_bytes(status->key)));
    writer.key("FirstSegment").unsigned_integer(status->first_segment.value());
    writer.key("LastSegment").unsigned_integer(status->last_segment.value());
    writer.member("LastSequence", storage::sequence_text(status->last_sequence));
    writer.key("LastSeal").unsigned_integer(status->last_seal.value());
    writer.key("SealedSegment").unsigned_integer(status->sealed_segment.value());
    writer.key("SealedMs").unsigned_integer(status->sealed_ms);
    writer.key("LagMs").unsigned_integer(status->lag_ms);
    writer.key("LagRecords").unsigned_integer(status->lag_records);
    writer.key("Failures").unsigned_integer(status->failures);
    writer.key("MissingSegments").unsigned_integer(status->missing_segments);
    if (!status->problem.empty()) writer.member("Problem", json::to_utf8(status->problem));
  }
  writer.end_object();
  return reply;
}

class DescribeArchive final : public api::ParsedOperation<api::NoMembers> {
 public:
  DescribeArchive(RegionId region, std::function<std::optional<ArchivingStatus>()> status)
      : region_(std::move(region)), status_(std::move(status)) {}

 private:
  Result<api::NoMembers> parse(const api::RequestReader&) const override { return api::NoMembers(); }
  api::Intents intents(const api::NoMembers&) const override {
    return {{"gyre:DescribeArchive", api::Resource::any()}};
  }
  void execute(api::NoMembers, const http::Request&, http::Responder respond) override {
    respond(reply_of(region_, status_()));
  }

  const RegionId region_;
  const std::function<std::optional<ArchivingStatus>()> status_;
};

std::string text_of(const json::Value& reply) {
  const auto number = [&](std::string_view name) {
    return static_cast<std::uint64_t>(number_member(reply, name));
  };
  std::string text =
      fmt::format("  archive {}: {}, segments {} to {}, seal {}, {} behind", text_member(reply, "Archive"),
                  text_member(reply, "State"), number("FirstSegment"), number("LastSegment"),
                  number("LastSeal"), duration_text(number("LagMs")));
  if (number("MissingSegments") > 0) text += fmt::format(", {} segments missing", number("MissingSegments"));
  const std::string problem = text_member(reply, "Problem");
  return problem.empty() ? text : text + " (" + problem + ")";
}

}  // namespace

void add_archive_operation(http::Router& router, const RegionId& region,
                           std::function<std::optional<archive::ArchivingStatus>()> status) {
  api::add_plain_operation(router, "Gyre.DescribeArchive", region,
                           std::make_unique<DescribeArchive>(region, std::move(status)));
}

Result<std::optional<ArchiveReportLine>> ask_archive(const RegionEntry& region) {
  ASSIGN_OR_RETURN(std::string text, call_region(region, "Gyre.DescribeArchive", "{}"));
  ReplyReader reader;
  ASSIGN_OR_RETURN(const json::Value reply, reader.read(text));
  if (text_member(reply, "Archive").empty()) return std::optional<ArchiveReportLine>();
  std::string line = text_of(reply);
  return std::optional(ArchiveReportLine{.json = std::move(text), .text = std::move(line)});
}

}  // namespace gyre::cli
