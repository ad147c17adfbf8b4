// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/http/http_client.h"
#include "core/objects/s3_settings.h"

namespace gyre::objects {

struct S3Request {
  std::string_view method;
  std::string key;  ///< without the settings' prefix; empty: the bucket itself
  /// Not encoded yet.
  std::vector<std::pair<std::string, std::string>> query{};
  std::vector<http::Header> headers{};
  std::string_view body{};
  std::size_t reply_bytes_max = 64 * 1024;  ///< of a good reply; an error's always fits
};

/// Waits so long before a request is tried again.
using Pause = std::function<void(std::uint64_t ms)>;

/// Signs requests, sends them, and tries those again that failed on the way or at an overloaded service, with
/// growing pauses. Keeps a few connections. Any thread; calls block.
class S3Client {
 public:
  /// `settings` were checked. The clock outlives it.
  S3Client(S3Settings settings, const Clock& clock, Pause pause);

  /// Any answer that trying again would not change, with whatever status. kUnavailable: none came.
  Result<http::ClientReply> send(const S3Request& request);
  /// Just once.
  Result<http::ClientReply> send_once(const S3Request& request);
  /// The error that a reply is.
  Error error_of(const S3Request& request, const http::ClientReply& reply) const;
  /// "s3://BUCKET/KEY".
  std::string name_of(const std::string& key) const;
  const S3Settings& settings() const { return settings_; }

 private:
  http::ClientRequest signed_request(const S3Request& request) const;
  Result<std::unique_ptr<http::HttpClient>> take_connection();
  void give_back(std::unique_ptr<http::HttpClient> connection);

  const S3Settings settings_;
  const S3Address address_;
  const Clock& clock_;
  const Pause pause_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<http::HttpClient>> connections_;  // guarded by mutex_: those that nobody uses
};

}  // namespace gyre::objects
