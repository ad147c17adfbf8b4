// SPDX-License-Identifier: Apache-2.0
#include "cli/peer_option.h"

#include <fmt/core.h>

#include <charconv>

namespace gyre::cli {
namespace {

Status parse_setting(std::string_view part, global_tables::LinkSettings& link) {
  if (part == "cut") {
    link.cut = true;
    return {};
  }
  const std::size_t equals = part.find('=');
  const std::string_view name = part.substr(0, equals);
  const std::string_view text = equals == std::string_view::npos ? "" : part.substr(equals + 1);
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 0) {
    if (name == "latency") return link.latency_ms = static_cast<std::uint64_t>(value), Status();
    if (name == "jitter") return link.jitter_ms = static_cast<std::uint64_t>(value), Status();
    if (name == "loss" && value <= 1) return link.loss = value, Status();
  }
  return Error::validation(
      fmt::format("--peer: '{}' is not one of latency=MS, jitter=MS, loss=0..1, cut", part));
}

}  // namespace

Result<global_tables::Peer> parse_peer(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return Error::validation(fmt::format("--peer: '{}' is not NAME=tcp://HOST:PORT", text));
  }
  global_tables::Peer peer;
  peer.region = RegionId(std::string(text.substr(0, equals)));
  std::string_view rest = text.substr(equals + 1);
  std::size_t comma = rest.find(',');
  peer.stream_endpoint = std::string(rest.substr(0, comma));
  if (!peer.stream_endpoint.starts_with("tcp://")) {
    return Error::validation(fmt::format("--peer: '{}' is not tcp://HOST:PORT", peer.stream_endpoint));
  }
  while (comma != std::string_view::npos) {
    rest.remove_prefix(comma + 1);
    comma = rest.find(',');
    RETURN_IF_ERROR(parse_setting(rest.substr(0, comma), peer.link));
  }
  return peer;
}

std::string format_peer(const global_tables::Peer& peer) {
  return fmt::format("{}={},latency={},jitter={},loss={}{}", peer.region.name(), peer.stream_endpoint,
                     peer.link.latency_ms, peer.link.jitter_ms, peer.link.loss, peer.link.cut ? ",cut" : "");
}

Result<http::RegionRoute> parse_route(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return Error::validation(fmt::format("--route: '{}' is not NAME=http://HOST:PORT", text));
  }
  http::RegionRoute route;
  route.region = RegionId(std::string(text.substr(0, equals)));
  const std::string_view rest = text.substr(equals + 1);
  const std::size_t comma = rest.find(',');
  route.endpoint = std::string(rest.substr(0, comma));
  if (comma != std::string_view::npos) route.trust.certificate = std::string(rest.substr(comma + 1));
  return route;
}

std::string format_route(const http::RegionRoute& route) {
  const std::string& certificate = route.trust.certificate;
  return fmt::format("{}={}{}{}", route.region.name(), route.endpoint, certificate.empty() ? "" : ",",
                     certificate);
}

}  // namespace gyre::cli
