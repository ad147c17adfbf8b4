// SPDX-License-Identifier: Apache-2.0
#include "core/storage/audit.h"

#include <cstddef>

#include "core/base/limits.h"

namespace gyre::storage {
namespace {

void cut(std::string& text, std::size_t bytes_max) {
  if (text.size() > bytes_max) text = text.substr(0, bytes_max);
}

}  // namespace

void bound(Audit& audit) {
  cut(audit.principal, limits::kAuditPrincipalBytesMax);
  cut(audit.request_id, limits::kAuditRequestIdBytesMax);
  cut(audit.source_address, limits::kAuditAddressBytesMax);
  cut(audit.user_agent, limits::kAuditUserAgentBytesMax);
}

}  // namespace gyre::storage
