// SPDX-License-Identifier: Apache-2.0
#include "cli/archive_place.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "cli/files.h"
#include "core/objects/directory_store.h"
#include "core/objects/s3_store.h"

namespace gyre::cli {
namespace {

constexpr int kAttemptsMax = 3;

Result<std::unique_ptr<objects::ObjectStore>> open_bucket(const ArchivePlace& place,
                                                          std::uint64_t patience_ms, const Clock& clock) {
  const objects::Environment environment = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "AWS_ENDPOINT_URL_S3" && !place.endpoint.empty()) return place.endpoint;
    const char* const value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  ASSIGN_OR_RETURN(objects::S3Settings settings, objects::settings_of_url(place.place, environment));
  settings.patience_ms = patience_ms;
  settings.attempts_max = kAttemptsMax;
  return objects::open_s3_store(std::move(settings), clock, [](std::uint64_t ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  });
}

}  // namespace

bool is_bucket(const std::string& place) {
  return place.starts_with("s3://");
}

Result<std::unique_ptr<objects::ObjectStore>> open_archive_place(const ArchivePlace& place, PlaceUse use,
                                                                 std::uint64_t patience_ms,
                                                                 const Clock& clock) {
  if (is_bucket(place.place)) return open_bucket(place, patience_ms, clock);
  if (use == PlaceUse::kWrite) {
    RETURN_IF_ERROR(make_writable_directory(place.place));
  } else {
    std::error_code ignored;
    if (!std::filesystem::is_directory(place.place, ignored))
      return Error::validation(fmt::format("'{}' is no directory", place.place));
  }
  return objects::open_directory_store(place.place);
}

}  // namespace gyre::cli
