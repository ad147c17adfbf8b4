// SPDX-License-Identifier: Apache-2.0
#include "core/base/limits.h"
#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {
namespace {

/// AWS's default quotas (developer guide, "Quotas"). Those of a table hold here too, those of the account are
/// told only.
class DescribeLimits final : public ParsedOperation<NoMembers> {
  Result<NoMembers> parse(const RequestReader&) const override { return NoMembers(); }

  Intents intents(const NoMembers&) const override { return general_intent("dynamodb:DescribeLimits"); }

  void execute(NoMembers, const http::Request&, http::Responder respond) override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    for (const std::string_view name : {"AccountMaxReadCapacityUnits", "AccountMaxWriteCapacityUnits"}) {
      writer.key(name).unsigned_integer(limits::kAccountCapacityUnitsMax);
    }
    for (const std::string_view name : {"TableMaxReadCapacityUnits", "TableMaxWriteCapacityUnits"}) {
      writer.key(name).unsigned_integer(limits::kTableCapacityUnitsMax);
    }
    writer.end_object();
    respond(std::move(out));
  }
};

}  // namespace

OperationPointer make_describe_limits(const Dependencies&) {
  return std::make_unique<DescribeLimits>();
}

}  // namespace gyre::operations
