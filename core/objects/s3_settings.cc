// SPDX-License-Identifier: Apache-2.0
#include "core/objects/s3_settings.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/objects/object_store.h"

namespace gyre::objects {
namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kEncrypted = "https://";

bool is_lower_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// HOST or HOST:PORT, of an endpoint; empty if it is none.
std::string_view authority_of(std::string_view endpoint) {
  if (endpoint.starts_with(kEncrypted)) {
    endpoint.remove_prefix(kEncrypted.size());
  } else if (endpoint.starts_with(kPlain)) {
    endpoint.remove_prefix(kPlain.size());
  } else {
    return {};
  }
  while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
  return endpoint.find_first_of("/?#@ ") == std::string_view::npos ? endpoint : std::string_view();
}

bool has_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  return colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
}

}  // namespace

Status check_settings(const S3Settings& settings) {
  const auto wrong = [](std::string_view what, std::string_view text) {
    return Error::validation(fmt::format("S3: {}: '{}'", what, text));
  };
  const std::string_view authority = authority_of(settings.endpoint);
  if (authority.empty() || !http::is_header_text(authority)) {
    return wrong("an endpoint looks like https://HOST or http://HOST:PORT", settings.endpoint);
  }
  if (!settings.connect_to.empty() && settings.endpoint.starts_with(kEncrypted)) {
    return wrong("another address to connect to cannot be had with https://", settings.connect_to);
  }
  if (!is_lower_name(settings.bucket) || settings.bucket.size() < 3 || settings.bucket.size() > 63) {
    return wrong("the name of a bucket has 3 to 63 of a-z, 0-9, '-' and '.'", settings.bucket);
  }
  if (!is_lower_name(settings.region)) return wrong("this is no region", settings.region);
  if (!settings.prefix.empty()) {
    if (!settings.prefix.ends_with('/')) return wrong("a prefix ends with a slash", settings.prefix);
    const std::string_view names = std::string_view(settings.prefix).substr(0, settings.prefix.size() - 1);
    if (!check_key(names).ok() || names.size() > 100)
      return wrong("this is no prefix of keys", settings.prefix);
  }
  if (!http::is_header_text(settings.key.access_key_id))
    return Error::validation("S3: there is no access key id");
  if (settings.key.secret.empty()) return Error::validation("S3: there is no secret access key");
  if (!settings.key.session_token.empty() && !http::is_header_text(settings.key.session_token)) {
    return Error::validation("S3: the session token is none");
  }
  if (settings.attempts_max < 1 || settings.part_bytes == 0 || settings.part_bytes > kObjectPieceBytesMax) {
    return Error::validation("S3: attempts and part sizes are out of range");
  }
  return {};
}

S3Address address_of(const S3Settings& settings) {
  const bool encrypted = settings.endpoint.starts_with(kEncrypted);
  const std::string authority(authority_of(settings.endpoint));
  CHECK(!authority.empty());
  S3Address address;
  address.host = settings.path_style ? authority : settings.bucket + "." + authority;
  address.path_root = settings.path_style ? "/" + settings.bucket + "/" : "/";
  std::string connect = settings.connect_to.empty() ? address.host : settings.connect_to;
  if (!has_port(connect)) connect += encrypted ? ":443" : ":80";
  address.connect = std::string(encrypted ? kEncrypted : kPlain) + connect;
  return address;
}

Result<S3Settings> settings_of_url(std::string_view url, const Environment& environment) {
  constexpr std::string_view kScheme = "s3://";
  if (!url.starts_with(kScheme)) return Error::validation(fmt::format("'{}' does not begin with s3://", url));
  url.remove_prefix(kScheme.size());
  while (url.ends_with('/')) url.remove_suffix(1);
  const auto first_of = [&](std::string_view one, std::string_view other) {
    const auto value = environment(one);
    return value && !value->empty() ? *value : environment(other).value_or("");
  };
  S3Settings settings;
  const std::size_t slash = url.find('/');
  settings.bucket = std::string(url.substr(0, slash));
  if (slash != std::string_view::npos) settings.prefix = std::string(url.substr(slash + 1)) + "/";
  const std::string region = first_of("AWS_REGION", "AWS_DEFAULT_REGION");
  if (!region.empty()) settings.region = region;
  settings.endpoint = first_of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
  if (settings.endpoint.empty()) {
    settings.endpoint = fmt::format("https://s3.{}.amazonaws.com", settings.region);
    // A certificate for *.s3... does not cover a bucket whose name has dots.
    settings.path_style = settings.bucket.find('.') != std::string::npos;
  }
  settings.key.access_key_id = environment("AWS_ACCESS_KEY_ID").value_or("");
  settings.key.secret = environment("AWS_SECRET_ACCESS_KEY").value_or("");
  settings.key.session_token = environment("AWS_SESSION_TOKEN").value_or("");
  settings.trust.ca_bundle = environment("AWS_CA_BUNDLE").value_or("");
  RETURN_IF_ERROR(check_settings(settings));
  return settings;
}

}  // namespace gyre::objects
