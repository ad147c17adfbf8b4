// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {
namespace {

/// Endpoint discovery: this region is reached where the caller reached it.
class DescribeEndpoints final : public ParsedOperation<NoMembers> {
  Result<NoMembers> parse(const RequestReader&) const override { return NoMembers(); }

  Intents intents(const NoMembers&) const override { return general_intent("dynamodb:DescribeEndpoints"); }

  void execute(NoMembers, const http::Request& request, http::Responder respond) override {
    constexpr int kCachePeriodMinutes = 1440;  // what AWS answers
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("Endpoints").begin_array().begin_object();
    writer.member("Address", request.endpoint).key("CachePeriodInMinutes").integer(kCachePeriodMinutes);
    writer.end_object().end_array().end_object();
    respond(std::move(out));
  }
};

}  // namespace

OperationPointer make_describe_endpoints(const Dependencies&) {
  return std::make_unique<DescribeEndpoints>();
}

}  // namespace gyre::operations
