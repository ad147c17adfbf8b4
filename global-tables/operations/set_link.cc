// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/set_link.h"

#include <fmt/core.h>

#include "core/base/limits.h"
#include "core/json/json_writer.h"
#include "core/json/typed_read.h"
#include "core/storage/function_request.h"
#include "global-tables/operations/describe_links.h"
#include "global-tables/operations/table_reads.h"

namespace gyre::global_tables {
namespace {

Result<LinkSettings> changed_settings(const json::Value& body, LinkSettings settings) {
  ASSIGN_OR_RETURN(settings.latency_ms,
                   number_member(body, "LatencyMs", settings.latency_ms, limits::kLinkDelayMsMax));
  ASSIGN_OR_RETURN(settings.jitter_ms,
                   number_member(body, "JitterMs", settings.jitter_ms, limits::kLinkDelayMsMax));
  if (const auto cut = body.find("Cut")) {
    ASSIGN_OR_RETURN(settings.cut, json::read_bool(*cut));
  }
  if (const auto loss = body.find("Loss")) {
    if (loss->kind() != json::Kind::kNumber) return Error::validation("Loss must be a number");
    settings.loss = loss->as_double();
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
  Result<std::string> peer = text_member(request.body, "Peer");
  if (!peer.ok()) return respond(std::move(peer).error());
  const auto found = links_.find(RegionId(*peer));
  if (found == links_.end())
    return respond(Error::validation(fmt::format("there is no link to a region {}", *peer)));
  PeerLink& link = *found->second;
  Result<LinkSettings> settings = changed_settings(request.body, link.shaper().settings());
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
