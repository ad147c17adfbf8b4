// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/describe_links.h"

#include "core/storage/catalog.h"
#include "global-tables/global_tables.h"
#include "global-tables/table_lag.h"

namespace gyre::global_tables {
namespace {

std::string_view state_name(SessionState state) {
  switch (state) {
    case SessionState::kReading:
      return "READING";
    case SessionState::kHeld:
      return "HELD";
    case SessionState::kStopped:
      return "STOPPED";
  }
  return "UNKNOWN";
}

void write_lag(json::Writer& writer, std::uint64_t records, HybridTime watermark, std::uint64_t now_ms) {
  writer.key("LagRecords").unsigned_integer(records);
  const auto behind_ms = lag_ms(watermark, now_ms);
  if (!behind_ms) return;
  writer.key("WatermarkMs").unsigned_integer(hybrid_to_ms(watermark));
  writer.key("LagMs").unsigned_integer(*behind_ms);
}

void write_session(json::Writer& writer, const SessionReport& session, std::uint64_t now_ms) {
  writer.begin_object().member("Kind", session.kind).member("State", state_name(session.state));
  if (session.shard.value() != 0) writer.member("ShardId", storage::shard_id_text(session.shard));
  if (!session.message.empty()) writer.member("Message", session.message);
  write_lag(writer, session.lag_records, session.watermark, now_ms);
  writer.end_object();
}

void write_table(json::Writer& writer, const TableLinkReport& table, std::uint64_t now_ms) {
  const TableLag lag = lag_of(table);
  writer.begin_object().member("TableName", table.table_name).member("State", table.state);
  write_lag(writer, lag.records, lag.watermark, now_ms);
  writer.key("Sessions").begin_array();
  for (const SessionReport& session : table.sessions) write_session(writer, session, now_ms);
  writer.end_array().end_object();
}

void write_link(json::Writer& writer, const PeerLinkStatus& link, std::uint64_t now_ms) {
  writer.begin_object().member("Peer", link.peer.name()).key("Connected").boolean(link.connected);
  if (link.connected) writer.key("SilentMs").unsigned_integer(link.silent_ms);
  writer.key("CatalogKnown").boolean(link.catalog_known);
  write_link_settings(writer, link.settings);
  if (!link.message.empty()) writer.member("Message", link.message);
  writer.key("Applied").unsigned_integer(link.counts.applied);
  writer.key("Stale").unsigned_integer(link.counts.stale);
  writer.key("Conflicts").unsigned_integer(link.counts.conflicts);
  writer.key("Diverged").unsigned_integer(link.counts.diverged);
  writer.key("Tables").begin_array();
  for (const TableLinkReport& table : link.tables) write_table(writer, table, now_ms);
  writer.end_array().end_object();
}

}  // namespace

void write_link_settings(json::Writer& writer, const LinkSettings& settings) {
  writer.key("LatencyMs").unsigned_integer(settings.latency_ms);
  writer.key("JitterMs").unsigned_integer(settings.jitter_ms);
  writer.key("Loss").number(settings.loss);
  writer.key("Cut").boolean(settings.cut);
}

Result<api::NoMembers> DescribeLinks::parse(const api::RequestReader&) const {
  return api::NoMembers();
}

api::Intents DescribeLinks::intents(const api::NoMembers&) const {
  return {{"gyre:DescribeLinks", api::Resource::any()}};
}

void DescribeLinks::execute(api::NoMembers, const http::Request&, http::Responder respond) {
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().member("Region", region_.name()).key("Links").begin_array();
  for (const PeerLinkStatus& link : tables_.links()) write_link(writer, link, clock_.now_ms());
  writer.end_array().end_object();
  respond(std::move(reply));
}

}  // namespace gyre::global_tables
