// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "core/objects/contract_test.h"
#include "core/objects/s3_store.h"

namespace {

std::optional<std::string> variable(std::string_view name) {
  const char* const value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string url;

}  // namespace

TEST(S3, KeepsTheContract) {
  gyre::objects::S3Settings settings = gyre::objects::settings_of_url(url, variable).value();
  settings.part_bytes = 5 * 1024 * 1024;
  const gyre::SystemClock clock;
  const auto pause = [](std::uint64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); };
  const auto store = gyre::objects::open_s3_store(settings, clock, pause).value();
  gyre::objects::check_contract(*store, 12'000'000);
  if (testing::Test::HasFailure()) return;
  for (const std::string& key : gyre::objects::many_keys()) ASSERT_TRUE(store->put(key, "1").ok());
  gyre::objects::check_pages(*store);
  if (!testing::Test::HasFailure()) fmt::print("{}: kept\n", store->name());
}

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  if (count != 2) return 2;
  url = arguments[1];
  return RUN_ALL_TESTS();
}
