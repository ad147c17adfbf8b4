// SPDX-License-Identifier: Apache-2.0
#include "core/objects/s3_upload.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/check.h"
#include "core/objects/s3_reply.h"

namespace gyre::objects {
namespace {

constexpr std::size_t kPartsMax = 10'000;  // of S3
constexpr std::size_t kTagBytesMax = 200;

const http::Header kUnlessThere{"If-None-Match", "*"};

Result<bool> is_there(S3Client& client, const std::string& key) {
  const Result<ObjectInfo> found = head_object(client, key);
  if (found.ok()) return true;
  if (found.error().code == ErrorCode::kResourceNotFound) return false;
  return found.error();
}

class S3Upload final : public Upload {
 public:
  S3Upload(S3Client& client, std::string key) : client_(client), key_(std::move(key)) {}

  // What was sent and not finished would be paid for.
  ~S3Upload() override {
    if (id_.empty()) return;
    const auto aborted = client_.send_once({.method = "DELETE", .key = key_, .query = {{"uploadId", id_}}});
    (void)aborted;
  }

  Status add(std::string_view bytes) override {
    const std::size_t part_bytes = client_.settings().part_bytes;
    while (!bytes.empty()) {
      if (part_.size() == part_bytes) RETURN_IF_ERROR(send_part());
      const std::size_t taken = std::min(bytes.size(), part_bytes - part_.size());
      part_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
    }
    return {};
  }

  Result<Created> finish() override {
    if (id_.empty()) return create_object(client_, key_, part_);
    RETURN_IF_ERROR(send_part());
    ASSIGN_OR_RETURN(const bool there, is_there(client_, key_));
    if (there) return Created::kExistsAlready;
    std::string body = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < tags_.size(); ++i) {
      body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, tags_[i]);
    }
    body += "</CompleteMultipartUpload>";
    const S3Request request{
        .method = "POST", .key = key_, .query = {{"uploadId", id_}}, .headers = {kUnlessThere}, .body = body};
    ASSIGN_OR_RETURN(const http::ClientReply reply, client_.send(request));
    if (reply.status == 412) return Created::kExistsAlready;
    if (reply.status == 404) {
      // The upload is gone: finished by an attempt whose answer was lost, or thrown away by somebody.
      id_.clear();
      ASSIGN_OR_RETURN(const bool finished, is_there(client_, key_));
      if (finished) return Created::kExistsAlready;
    }
    if (reply.status != 200 || !read_fault(reply.body).code.empty()) return client_.error_of(request, reply);
    id_.clear();
    return Created::kCreated;
  }

 private:
  Status begin() {
    const S3Request request{.method = "POST", .key = key_, .query = {{"uploads", ""}}};
    ASSIGN_OR_RETURN(const http::ClientReply reply, client_.send(request));
    if (reply.status != 200) return client_.error_of(request, reply);
    id_ = element_text(reply.body, "UploadId").value_or("");
    return id_.empty() ? Status(client_.error_of(request, reply)) : Status();
  }

  Status send_part() {
    if (id_.empty()) RETURN_IF_ERROR(begin());
    if (tags_.size() == kPartsMax) return Error::internal(client_.name_of(key_) + ": too many parts");
    const S3Request request{.method = "PUT",
                            .key = key_,
                            .query = {{"partNumber", std::to_string(tags_.size() + 1)}, {"uploadId", id_}},
                            .body = part_};
    ASSIGN_OR_RETURN(const http::ClientReply reply, client_.send(request));
    const std::string_view tag = reply.header("ETag");
    // It goes back inside of XML.
    const bool usable =
        !tag.empty() && tag.size() <= kTagBytesMax && tag.find_first_of("<>&") == std::string::npos;
    if (reply.status != 200 || !usable) return client_.error_of(request, reply);
    tags_.emplace_back(tag);
    part_.clear();
    return {};
  }

  S3Client& client_;
  const std::string key_;
  std::string id_;                 // empty: not begun, or ended
  std::string part_;               // that is being filled
  std::vector<std::string> tags_;  // of the parts that were sent
};

}  // namespace

Result<ObjectInfo> head_object(S3Client& client, const std::string& key) {
  const S3Request request{.method = "HEAD", .key = key};
  ASSIGN_OR_RETURN(const http::ClientReply reply, client.send(request));
  const std::string_view length = reply.header("Content-Length");
  ObjectInfo info{key, 0};
  const auto read = std::from_chars(length.data(), length.data() + length.size(), info.bytes);
  if (reply.status != 200 || read.ec != std::errc()) return client.error_of(request, reply);
  return info;
}

Result<Created> create_object(S3Client& client, const std::string& key, std::string_view bytes) {
  ASSIGN_OR_RETURN(const bool there, is_there(client, key));
  if (there) return Created::kExistsAlready;
  const S3Request request{.method = "PUT", .key = key, .headers = {kUnlessThere}, .body = bytes};
  ASSIGN_OR_RETURN(const http::ClientReply reply, client.send(request));
  if (reply.status == 412) return Created::kExistsAlready;
  if (reply.status != 200) return client.error_of(request, reply);
  return Created::kCreated;
}

std::unique_ptr<Upload> make_s3_upload(S3Client& client, std::string key) {
  return std::make_unique<S3Upload>(client, std::move(key));
}

}  // namespace gyre::objects
