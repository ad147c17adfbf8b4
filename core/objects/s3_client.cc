// SPDX-License-Identifier: Apache-2.0
#include "core/objects/s3_client.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/random.h"
#include "core/objects/s3_reply.h"

namespace gyre::objects {
namespace {

constexpr std::size_t kConnectionsKeptMax = 4;
constexpr std::size_t kErrorBytesMax = 64 * 1024;
constexpr std::size_t kMessageBytesMax = 300;

// Whether another attempt may do what this one did not.
bool may_pass(const S3Request& request, const http::ClientReply& reply) {
  // The end of an upload may say 200 and then fail. Elsewhere the body of such an answer may be an object's.
  if (reply.status == 200 && request.method != "POST") return false;
  switch (reply.status) {
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    case 200:
    case 400:
    case 409: {
      const std::string code = read_fault(reply.body).code;
      return code == "RequestTimeout" || code == "OperationAborted" || code == "ConditionalRequestConflict" ||
             code == "InternalError" || code == "SlowDown" || code == "ServiceUnavailable";
    }
    default:
      return false;
  }
}

std::string target_of(const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& query) {
  std::string target = path;
  for (const auto& [name, value] : query) {
    target += fmt::format("{}{}={}", target.size() == path.size() ? "?" : "&", name, value);
  }
  return target;
}

}  // namespace

S3Client::S3Client(S3Settings settings, const Clock& clock, Pause pause)
    : settings_(std::move(settings)),
      address_(address_of(settings_)),
      clock_(clock),
      pause_(std::move(pause)) {}

http::ClientRequest S3Client::signed_request(const S3Request& request) const {
  std::string path = address_.path_root + settings_.prefix + request.key;
  if (request.key.empty()) path = address_.path_root;
  path = http::percent_encoded(path, true);
  std::vector<std::pair<std::string, std::string>> query;
  for (const auto& [name, value] : request.query) {
    query.emplace_back(http::percent_encoded(name, false), http::percent_encoded(value, false));
  }
  const std::string hash = http::sha256_hex(request.body);
  const std::string time = http::amz_time(clock_.now_ms());
  std::vector<http::Header> headers = request.headers;
  headers.push_back({"x-amz-content-sha256", hash});
  headers.push_back({"x-amz-date", time});
  if (!settings_.key.session_token.empty()) {
    headers.push_back({"x-amz-security-token", settings_.key.session_token});
  }
  std::vector<http::Header> to_sign = headers;
  to_sign.push_back({"host", address_.host});
  headers.push_back({"Authorization", http::authorization({.method = request.method,
                                                           .path = path,
                                                           .query = query,
                                                           .headers = std::move(to_sign),
                                                           .payload_hash = hash},
                                                          settings_.key, {settings_.region, "s3", time})});
  http::ClientRequest signed_one;
  signed_one.method = std::string(request.method);
  signed_one.target = target_of(path, query);
  signed_one.host = address_.host;
  signed_one.headers = std::move(headers);
  signed_one.body = request.body;
  signed_one.reply_bytes_max = std::max(request.reply_bytes_max, kErrorBytesMax);
  return signed_one;
}

Result<http::ClientReply> S3Client::send_once(const S3Request& request) {
  ASSIGN_OR_RETURN(auto connection, take_connection());
  Result<http::ClientReply> reply = connection->send(signed_request(request));
  give_back(std::move(connection));
  if (!reply.ok()) return Error(reply.error().code, name_of(request.key) + ": " + reply.error().message);
  return reply;
}

Result<http::ClientReply> S3Client::send(const S3Request& request) {
  std::uint64_t pause_ms = settings_.pause_ms_min;
  for (int attempt = 1;; ++attempt) {
    Result<http::ClientReply> reply = send_once(request);
    const bool again = reply.ok() ? may_pass(request, *reply) : reply.error().code == ErrorCode::kUnavailable;
    if (!again) return reply;
    if (attempt == settings_.attempts_max) {
      if (!reply.ok()) return reply;
      return error_of(request, *reply);
    }
    // Not all at once, when a service comes back.
    pause_(pause_ms / 2 + entropy() % (pause_ms / 2 + 1));
    pause_ms = std::min(2 * pause_ms, settings_.pause_ms_max);
  }
}

Error S3Client::error_of(const S3Request& request, const http::ClientReply& reply) const {
  const S3Fault fault = read_fault(reply.body);
  const std::string message =
      fmt::format("{}: {} was answered with HTTP {}{}{}{}{}", name_of(request.key), request.method,
                  reply.status, fault.code.empty() ? "" : " ", fault.code, fault.message.empty() ? "" : ": ",
                  std::string_view(fault.message).substr(0, kMessageBytesMax));
  if (reply.status == 404) return Error::resource_not_found(message);
  const bool overloaded = reply.status == 429 || reply.status >= 500 || may_pass(request, reply);
  return {overloaded ? ErrorCode::kUnavailable : ErrorCode::kInternal, message};
}

std::string S3Client::name_of(const std::string& key) const {
  return fmt::format("s3://{}/{}{}", settings_.bucket, settings_.prefix, key);
}

Result<std::unique_ptr<http::HttpClient>> S3Client::take_connection() {
  {
    const std::lock_guard lock(mutex_);
    if (!connections_.empty()) {
      auto connection = std::move(connections_.back());
      connections_.pop_back();
      return connection;
    }
  }
  return http::HttpClient::make(address_.connect, settings_.trust, settings_.patience_ms);
}

void S3Client::give_back(std::unique_ptr<http::HttpClient> connection) {
  const std::lock_guard lock(mutex_);
  if (connections_.size() < kConnectionsKeptMax) connections_.push_back(std::move(connection));
}

}  // namespace gyre::objects
