// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/objects/object_store.h"

namespace gyre::cli {

/// Where an archive is, as users say it.
struct ArchivePlace {
  std::string place;     ///< a directory, "s3://BUCKET" or "s3://BUCKET/PREFIX"
  std::string endpoint;  ///< of S3's API; empty: what AWS's variables of the environment say
};

enum class PlaceUse {
  kRead,  ///< a directory must be there
  kWrite  ///< a directory is made if it is not there
};

bool is_bucket(const std::string& place);

/// Keys for S3 come from the environment, under the names that AWS's tools use
/// (core/objects/s3_settings.h). Reaches for no bucket yet. `patience_ms`: of each step of a request, of
/// which a failed one is tried three times. The clock outlives the store. kValidation, in one line.
Result<std::unique_ptr<objects::ObjectStore>> open_archive_place(const ArchivePlace& place, PlaceUse use,
                                                                 std::uint64_t patience_ms,
                                                                 const Clock& clock);

}  // namespace gyre::cli
