// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "core/objects/object_store.h"
#include "core/objects/s3_client.h"
#include "core/objects/s3_settings.h"

namespace gyre::objects {

/// Objects in a bucket of a service that speaks S3's API. Requests are signed with their payload's hash,
/// large objects go up in parts. Whether an object may be created is asked with If-None-Match, and before
/// that with a HEAD: services that do not know the header still do not replace, unless two writers come at
/// one moment.
///
/// kValidation: the settings are wrong. Whether the bucket is there is seen at the first call. The clock
/// outlives the store.
Result<std::unique_ptr<ObjectStore>> open_s3_store(S3Settings settings, const Clock& clock, Pause pause);

}  // namespace gyre::objects
