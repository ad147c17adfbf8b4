// SPDX-License-Identifier: Apache-2.0
#include "cli/greeting.h"

#include <fmt/core.h>

#include "core/base/check.h"

namespace gyre::cli {

std::string greeting(std::span<const RegionEntry> regions) {
  CHECK(!regions.empty());
  std::string text = "\n";
  for (const RegionEntry& entry : regions) {
    text += fmt::format("  {:<16} {:<24} streams {}\n", entry.region.name(), entry.http_url(), entry.stream);
  }
  const RegionEntry& first = regions.front();
  text += fmt::format(
      "\nA stock AWS CLI needs only these (any key will do):\n\n"
      "  export AWS_ACCESS_KEY_ID=gyre AWS_SECRET_ACCESS_KEY=gyre AWS_DEFAULT_REGION={} AWS_PAGER=\n\n"
      "Try next, in another terminal:\n\n"
      "  aws dynamodb list-tables --endpoint-url {}{}\n",
      first.region.name(), first.http_url(),
      first.https ? " --ca-bundle " + first.settings.tls_certificate : "");
  return text;
}

}  // namespace gyre::cli
