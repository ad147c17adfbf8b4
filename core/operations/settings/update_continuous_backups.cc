// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
#include <utility>

#include "core/base/limits.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/settings/continuous_backups.h"
#include "core/operations/tables/table_edit.h"

namespace gyre::operations {
namespace {

struct RecoveryRequest {
  bool enabled = false;
  std::optional<std::uint64_t> period_days;
};

Result<RecoveryRequest> read_specification(const RequestReader& request) {
  constexpr std::string_view kMember = "PointInTimeRecoverySpecification";
  ASSIGN_OR_RETURN(const std::optional<RequestReader> structure, request.structure(kMember));
  if (!structure) return missing_member_error(request.path_of(kMember));
  ASSIGN_OR_RETURN(const std::optional<bool> enabled, structure->boolean("PointInTimeRecoveryEnabled"));
  if (!enabled) return missing_member_error(structure->path_of("PointInTimeRecoveryEnabled"));
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> days,
                   structure->integer("RecoveryPeriodInDays", 1, limits::kRecoveryPeriodDaysMax));
  if (days && !*enabled) {
    return Error::validation(
        "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.");
  }
  RecoveryRequest wanted{*enabled, std::nullopt};
  if (days) wanted.period_days = static_cast<std::uint64_t>(*days);
  return wanted;
}

/// Pure. The period is forgotten when recovery is disabled, as on AWS.
std::optional<PointInTimeRecovery> changed(std::optional<PointInTimeRecovery> recovery,
                                           const RecoveryRequest& wanted, std::uint64_t now_ms) {
  if (!wanted.enabled) return std::nullopt;
  if (!recovery) recovery = PointInTimeRecovery{now_ms, limits::kRecoveryPeriodDaysMax};
  recovery->period_days = wanted.period_days.value_or(recovery->period_days);
  return recovery;
}

struct RecoveryChange {
  storage::TablePointer table;
  RecoveryRequest wanted;
};

class UpdateContinuousBackups final : public ParsedOperation<RecoveryChange> {
 public:
  explicit UpdateContinuousBackups(storage::Store& store) : store_(store) {}

 private:
  Result<RecoveryChange> parse(const RequestReader& request) const override {
    RecoveryChange change;
    ASSIGN_OR_RETURN(change.wanted, read_specification(request));
    ASSIGN_OR_RETURN(change.table,
                     read_backed_up_table(request, *store_.catalog().snapshot(), store_.region()));
    return change;
  }

  Intents intents(const RecoveryChange& change) const override {
    return table_intent("dynamodb:UpdateContinuousBackups", change.table->schema.name);
  }

  void execute(RecoveryChange change, const http::Request& request, http::Responder respond) override {
    std::string reply = continuous_backups_reply(changed(change.table->schema.recovery, change.wanted, 0));
    auto apply = [wanted = change.wanted](TableSchema& schema, std::uint64_t now_ms) -> Status {
      schema.recovery = changed(schema.recovery, wanted, now_ms);
      return {};
    };
    store_.writer().submit(std::make_unique<TableEdit>(change.table, std::move(apply), std::move(reply),
                                                       request, std::move(respond)));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_update_continuous_backups(const Dependencies& dependencies) {
  return std::make_unique<UpdateContinuousBackups>(dependencies.store);
}

}  // namespace gyre::operations
