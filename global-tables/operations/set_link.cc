// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/set_link.h"

#include <fmt/core.h>

#include "core/api/request_reader.h"
#include "core/json/json_writer.h"
#include "core/json/typed_read.h"
#include "core/storage/function_request.h"
#include "global-tables/operations/describe_links.h"

namespace gyre::global_tables {
namespace {

Result<LinkSettings> changed_settings(const api::RequestReader& request, LinkSettings settings) {
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> latency_ms, request.integer("LatencyMs"));
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> jitter_ms, request.integer("JitterMs"));
  ASSIGN_OR_RETURN(const std::optional<bool> cut, request.boolean("Cut"));
  if (latency_ms) settings.latency_ms = static_cast<std::uint64_t>(*latency_ms);
  if (jitter_ms) settings.jitter_ms = static_cast<std::uint64_t>(*jitter_ms);
  settings.cut = cut.value_or(settings.cut);
  if (const std::optional<json::Value> loss = request.find("Loss")) {
    ASSIGN_OR_RETURN(settings.loss, json::read_double(*loss));
  }
  RETURN_IF_ERROR(check_link_settings(settings));
  return settings;
}

std::string reply_of(const RegionId& peer, const LinkSettings& settings) {
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().member("Peer", peer.name());
  write_link_settings(writer, settings);
  writer.end_object();
  return reply;
}

}  // namespace

void SetLink::run(const http::Request& request, http::Responder respond) {
  const api::RequestReader members(request.body);
  const Result<std::string_view> peer = members.required_string("Peer");
  if (!peer.ok()) return respond(peer.error());
  const auto found = links_.find(RegionId(std::string(*peer)));
  if (found == links_.end())
    return respond(Error::validation(fmt::format("there is no link to a region {}", *peer)));
  PeerLink& link = *found->second;
  Result<LinkSettings> settings = changed_settings(members, link.shaper().settings());
  if (!settings.ok()) return respond(std::move(settings).error());
  store_.writer().submit(std::make_unique<storage::FunctionRequest>(
      *request.sink,
      [region = found->first, stored = *settings](storage::WriteTransaction& transaction) {
        transaction.put_row(link_row(region), encode_link_settings(stored));
        return Status();
      },
      [&link, region = found->first, changed = *settings, respond](Status outcome) {
        if (!outcome.ok()) return respond(std::move(outcome).error());
        link.shaper().change(changed);
        link.wake();
        respond(reply_of(region, changed));
      }));
}

}  // namespace gyre::global_tables
