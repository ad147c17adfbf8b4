// SPDX-License-Identifier: Apache-2.0
#include "core/http/operation.h"
#include "core/json/json_writer.h"
#include "core/operations/operation_list.h"

namespace gyre::operations {
namespace {

/// AWS's default quotas (developer guide, "Quotas"). Gyre enforces none of them: it tells programs what to
/// expect.
class DescribeLimits final : public http::Operation {
 public:
  void run(const http::Request&, http::Responder respond) override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    writer.key("AccountMaxReadCapacityUnits")
        .integer(80'000)
        .key("AccountMaxWriteCapacityUnits")
        .integer(80'000);
    writer.key("TableMaxReadCapacityUnits").integer(40'000).key("TableMaxWriteCapacityUnits").integer(40'000);
    writer.end_object();
    respond(std::move(out));
  }
};

}  // namespace

OperationPointer make_describe_limits(const Dependencies&) {
  return std::make_unique<DescribeLimits>();
}

}  // namespace gyre::operations
