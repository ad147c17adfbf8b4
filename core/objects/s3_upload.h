// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/objects/object_store.h"
#include "core/objects/s3_client.h"

namespace gyre::objects {

// How the S3 home makes objects. The client outlives what is answered.

Result<ObjectInfo> head_object(S3Client& client, const std::string& key);
/// Never replaces. In one request.
Result<Created> create_object(S3Client& client, const std::string& key, std::string_view bytes);
/// In parts of S3Settings::part_bytes, each in memory while it is filled and sent; in one request if it does
/// not become longer than a part.
std::unique_ptr<Upload> make_s3_upload(S3Client& client, std::string key);

}  // namespace gyre::objects
