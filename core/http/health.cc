// SPDX-License-Identifier: Apache-2.0
#include "core/http/health.h"

#include <fmt/core.h>

namespace gyre::http {
namespace {

class HealthHandler final : public Handler {
 public:
  void run(const HttpRequest& request, ReplyTo reply) override {
    reply({200, "text/plain", fmt::format("healthy: {} ", request.host), {}});
  }
  bool open_to_all_origins() const override { return true; }
};

}  // namespace

std::unique_ptr<Handler> make_health_handler() {
  return std::make_unique<HealthHandler>();
}

}  // namespace gyre::http
