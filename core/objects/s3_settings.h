// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/http/client.h"
#include "core/http/request_signer.h"

namespace gyre::objects {

/// A bucket of a service that speaks S3's API, and how to talk to it. A value.
struct S3Settings {
  /// "https://s3.eu-west-1.amazonaws.com", "http://127.0.0.1:4568"; without a port: 443 or 80.
  std::string endpoint;
  std::string region = "us-east-1";
  std::string bucket;
  std::string prefix;  ///< of all keys; empty, or names with a slash behind each: "archives/eu/"
  http::SigningKey key;
  http::Trust trust;       ///< of https://
  bool path_style = true;  ///< https://HOST/BUCKET/KEY; else https://BUCKET.HOST/KEY
  /// "HOST:PORT" to connect to in place of the endpoint's, which the requests still name; a tunnel, or a
  /// proxy. With http:// alone: a certificate would be checked against this name.
  std::string connect_to;

  std::uint64_t patience_ms = 60'000;  ///< of each step of a request
  int attempts_max = 6;                ///< of a request that failed on the way, or at an overloaded service
  std::uint64_t pause_ms_min = 100;    ///< before the second attempt; doubled for each more
  std::uint64_t pause_ms_max = 5'000;
  std::size_t part_bytes =
      8 * 1024 * 1024;  ///< of an upload; S3 wants 5 MB or more, and at most 10,000 parts
};

/// kValidation, in one line.
Status check_settings(const S3Settings& settings);

/// Where requests go.
struct S3Address {
  std::string connect;    ///< "http://HOST:PORT"
  std::string host;       ///< as requests name it, with the bucket if that goes there
  std::string path_root;  ///< before the key: "/" or "/BUCKET/"
};
/// `settings` were checked.
S3Address address_of(const S3Settings& settings);

/// What a variable of the environment says; nullopt: it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

/// Settings for "s3://BUCKET" or "s3://BUCKET/PREFIX", with what AWS's own tools take from the environment:
/// AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, AWS_REGION or AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID,
/// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CA_BUNDLE. Without an endpoint: AWS's own, with the bucket
/// in the host's name. kValidation, in one line, if something is missing or wrong.
Result<S3Settings> settings_of_url(std::string_view url, const Environment& environment);

}  // namespace gyre::objects
