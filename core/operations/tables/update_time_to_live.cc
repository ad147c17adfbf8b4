// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>

#include "core/base/limits.h"
#include "core/json/json_writer.h"
#include "core/model/replicated_settings.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/tables/table_edit.h"
#include "core/operations/tables/table_settings.h"
#include "core/storage/expiry_rows.h"

namespace gyre::operations {
namespace {

struct Specification {
  std::string attribute;
  bool enabled = false;
};

Result<Specification> read_specification(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::optional<RequestReader> structure,
                   request.structure("TimeToLiveSpecification"));
  if (!structure) return missing_member_error(request.path_of("TimeToLiveSpecification"));
  ASSIGN_OR_RETURN(const std::string_view attribute, structure->required_string("AttributeName"));
  const std::string path = structure->path_of("AttributeName");
  if (attribute.empty()) {
    return constraint_error(attribute, path, "Member must have length greater than or equal to 1");
  }
  if (attribute.size() > limits::kKeyNameBytesMax) {
    return constraint_error(attribute, path, "Member must have length less than or equal to 255");
  }
  ASSIGN_OR_RETURN(const std::optional<bool> enabled, structure->boolean("Enabled"));
  if (!enabled) return missing_member_error(structure->path_of("Enabled"));
  return Specification{std::string(attribute), *enabled};
}

/// Pure. AWS takes one change an hour of each table; what is wrong with the change itself it says first.
Status change_time_to_live(const Specification& wanted, TableSchema& schema, std::uint64_t now_ms) {
  RETURN_IF_ERROR(check_changeable(schema));
  const bool enabled = storage::expires(schema);
  if (enabled && schema.time_to_live->attribute != wanted.attribute) {
    return Error::validation(
        fmt::format("TimeToLive is active on a different AttributeName: current AttributeName is {}",
                    schema.time_to_live->attribute));
  }
  if (enabled && wanted.enabled) return Error::validation("TimeToLive is already enabled");
  if (!enabled && !wanted.enabled) return Error::validation("TimeToLive is already disabled");
  const std::uint64_t changed_ms = schema.time_to_live ? schema.time_to_live->changed_ms : 0;
  if (changed_ms != 0 && now_ms < changed_ms + limits::kTimeToLiveChangeMs) {
    return Error::validation("Time to live has been modified multiple times within a fixed interval");
  }
  schema.time_to_live = TimeToLive{wanted.attribute, wanted.enabled, change_time_after(changed_ms, now_ms)};
  return {};
}

std::string reply_to(const Specification& wanted) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("TimeToLiveSpecification").begin_object();
  writer.key("Enabled").boolean(wanted.enabled).member("AttributeName", wanted.attribute);
  writer.end_object().end_object();
  return out;
}

struct TimeToLiveChange {
  storage::TablePointer table;
  Specification wanted;
};

class UpdateTimeToLive final : public ParsedOperation<TimeToLiveChange> {
 public:
  explicit UpdateTimeToLive(storage::Store& store) : store_(store) {}

 private:
  Intents intents(const TimeToLiveChange& parsed) const override {
    return table_intent("dynamodb:UpdateTimeToLive", parsed.table->schema.name);
  }

  void execute(TimeToLiveChange parsed, const http::Request& request, http::Responder respond) override {
    std::string reply = reply_to(parsed.wanted);
    auto change = [wanted = std::move(parsed.wanted)](TableSchema& schema, std::uint64_t now_ms) {
      return change_time_to_live(wanted, schema, now_ms);
    };
    store_.writer().submit(std::make_unique<TableEdit>(parsed.table, std::move(change), std::move(reply),
                                                       request, std::move(respond)));
  }

  Result<TimeToLiveChange> parse(const RequestReader& request) const override {
    TimeToLiveChange parsed;
    ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store_.region()));
    ASSIGN_OR_RETURN(parsed.wanted, read_specification(request));
    ASSIGN_OR_RETURN(parsed.table, find_control_table(*store_.catalog().snapshot(), reference.name));
    return parsed;
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_update_time_to_live(const Dependencies& dependencies) {
  return std::make_unique<UpdateTimeToLive>(dependencies.store);
}

}  // namespace gyre::operations
