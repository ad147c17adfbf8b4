// SPDX-License-Identifier: Apache-2.0
#include "core/objects/s3_store.h"

#include <fmt/core.h>

#include <utility>

#include "core/base/check.h"
#include "core/objects/s3_reply.h"
#include "core/objects/s3_upload.h"

namespace gyre::objects {
namespace {

// A thousand keys, each with what stands around it, escaped.
constexpr std::size_t kPageBytesMax = 8 * 1024 * 1024;

class S3Store final : public ObjectStore {
 public:
  S3Store(S3Settings settings, const Clock& clock, Pause pause)
      : client_(std::move(settings), clock, std::move(pause)) {}

  Result<std::string> get(const std::string& key, std::uint64_t offset, std::size_t bytes) override {
    CHECK(bytes <= kObjectPieceBytesMax);
    RETURN_IF_ERROR(check_key(key));
    if (bytes == 0) return std::string();
    const S3Request request{.method = "GET",
                            .key = key,
                            .headers = {{"Range", fmt::format("bytes={}-{}", offset, offset + bytes - 1)}},
                            .reply_bytes_max = bytes};
    ASSIGN_OR_RETURN(http::ClientReply reply, client_.send(request));
    if (reply.status == 416) return std::string();  // behind the end
    // 200: a service that sends all of it.
    const bool good = reply.status == 206 || (reply.status == 200 && offset == 0);
    if (!good) return client_.error_of(request, reply);
    if (reply.body.size() > bytes) reply.body.resize(bytes);
    return std::move(reply.body);
  }

  Result<ObjectInfo> head(const std::string& key) override {
    RETURN_IF_ERROR(check_key(key));
    return head_object(client_, key);
  }

  Result<ObjectPage> list(const std::string& prefix, const std::string& after) override {
    const std::string& root = client_.settings().prefix;
    S3Request request{.method = "GET",
                      .key = "",
                      .query = {{"list-type", "2"},
                                {"max-keys", std::to_string(kObjectsPerPageMax)},
                                {"prefix", root + prefix}},
                      .reply_bytes_max = kPageBytesMax};
    if (!after.empty()) request.query.emplace_back("start-after", root + after);
    ASSIGN_OR_RETURN(const http::ClientReply reply, client_.send(request));
    if (reply.status != 200) return client_.error_of(request, reply);
    Result<ObjectPage> page = read_page(reply.body, {root, prefix, after});
    if (!page.ok()) return Error(page.error().code, client_.name_of(prefix) + ": " + page.error().message);
    return page;
  }

  Status put(const std::string& key, std::string_view bytes) override {
    CHECK(bytes.size() <= kObjectPieceBytesMax);
    RETURN_IF_ERROR(check_key(key));
    const S3Request request{.method = "PUT", .key = key, .body = bytes};
    ASSIGN_OR_RETURN(const http::ClientReply reply, client_.send(request));
    if (reply.status != 200) return client_.error_of(request, reply);
    return {};
  }

  Result<Created> create(const std::string& key, std::string_view bytes) override {
    CHECK(bytes.size() <= kObjectPieceBytesMax);
    RETURN_IF_ERROR(check_key(key));
    return create_object(client_, key, bytes);
  }

  Result<std::unique_ptr<Upload>> upload(const std::string& key) override {
    RETURN_IF_ERROR(check_key(key));
    return std::unique_ptr<Upload>(make_s3_upload(client_, key));
  }

  Status remove(const std::string& key) override {
    RETURN_IF_ERROR(check_key(key));
    const S3Request request{.method = "DELETE", .key = key};
    ASSIGN_OR_RETURN(const http::ClientReply reply, client_.send(request));
    if (reply.status == 404 && read_fault(reply.body).code == "NoSuchBucket")
      return client_.error_of(request, reply);
    if (reply.status != 204 && reply.status != 200 && reply.status != 404)
      return client_.error_of(request, reply);
    return {};
  }

  std::string name() const override { return client_.name_of(""); }

 private:
  S3Client client_;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_s3_store(S3Settings settings, const Clock& clock, Pause pause) {
  RETURN_IF_ERROR(check_settings(settings));
  // Certificates that cannot be used are told now.
  RETURN_IF_ERROR(http::HttpClient::make(address_of(settings).connect, settings.trust, settings.patience_ms));
  return std::unique_ptr<ObjectStore>(
      std::make_unique<S3Store>(std::move(settings), clock, std::move(pause)));
}

}  // namespace gyre::objects
