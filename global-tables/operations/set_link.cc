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

Result<LinkChange> SetLink::parse(const api::RequestReader& request) const {
  ASSIGN_OR_RETURN(const std::string_view peer, request.required_string("Peer"));
  const auto found = links_.find(RegionId(std::string(peer)));
  if (found == links_.end()) {
    return Error::validation(fmt::format("there is no link to a region {}", peer));
  }
  LinkChange change;
  change.peer = found->first;
  change.link = found->second.get();
  ASSIGN_OR_RETURN(change.settings, changed_settings(request, change.link->shaper().settings()));
  return change;
}

api::Intents SetLink::intents(const LinkChange&) const {
  return {{"gyre:SetLink", api::Resource::any()}};
}

void SetLink::execute(LinkChange change, const http::Request& request, http::Responder respond) {
  store_.writer().submit(std::make_unique<storage::FunctionRequest>(
      *request.sink,
      [peer = change.peer, stored = change.settings](storage::WriteTransaction& transaction) {
        transaction.rows().put(link_row(peer), encode_link_settings(stored));
        return Status();
      },
      [change, respond](Status outcome) {
        if (!outcome.ok()) return respond(std::move(outcome).error());
        change.link->shaper().change(change.settings);
        change.link->wake();
        respond(reply_of(change.peer, change.settings));
      }));
}

}  // namespace gyre::global_tables
