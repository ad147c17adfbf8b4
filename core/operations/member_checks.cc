// SPDX-License-Identifier: Apache-2.0
#include "core/operations/member_checks.h"

#include <limits>
#include <optional>

#include "core/base/limits.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/collection_metrics.h"
#include "core/operations/items/action_reader.h"
#include "core/operations/items/batch_tables.h"
#include "core/operations/partiql/prepared_statement.h"
#include "core/operations/partiql/statement_members.h"
#include "core/operations/queries/page_read.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/legacy_conditions.h"
#include "core/operations/transactions/client_token.h"
#include "core/operations/transactions/transaction.h"

namespace gyre::operations {
namespace {

using Refused = std::vector<Error>;

void note(const auto& result, Refused& refused) {
  if (!result.ok()) refused.push_back(result.error());
}

// --- single members ---

template <auto kRead>
void check_read(const RequestReader& request, const RegionId&, Refused& refused) {
  note(kRead(request), refused);
}

template <const auto& kName>
void check_present(const RequestReader& request, const RegionId&, Refused& refused) {
  if (!request.has(kName)) refused.push_back(missing_member_error(request.path_of(kName)));
}

template <const auto& kName, std::int64_t kLeast, std::int64_t kMost>
void check_integer(const RequestReader& request, const RegionId&, Refused& refused) {
  note(request.integer(kName, kLeast, kMost), refused);
}

void check_table(const RequestReader& request, const RegionId& region, Refused& refused) {
  note(read_item_table(request, region), refused);
}

void check_return_values(const RequestReader& request, const RegionId&, Refused& refused) {
  note(read_return_values(request, ActionHolder::kOperation), refused);
}

template <const auto& kName>
void check_units(const RequestReader& request, const RegionId&, Refused& refused) {
  const Result<std::optional<RequestReader>> throughput = request.structure("ProvisionedThroughput");
  note(throughput, refused);
  if (throughput.ok() && *throughput) note((*throughput)->required_long(kName, 1), refused);
}

void check_time_to_live(const RequestReader& request, const RegionId&, Refused& refused) {
  const Result<std::optional<RequestReader>> specification = request.structure("TimeToLiveSpecification");
  note(specification, refused);
  if (!specification.ok()) return;
  if (!*specification) return refused.push_back(missing_member_error("timeToLiveSpecification"));
  for (const std::string_view member : {"AttributeName", "Enabled"}) {
    if (!(*specification)->has(member)) {
      refused.push_back(missing_member_error((*specification)->path_of(member)));
    }
  }
}

constexpr std::string_view kItem = "Item";
constexpr std::string_view kKey = "Key";
constexpr std::string_view kDefinitions = "AttributeDefinitions";
constexpr std::string_view kKeySchema = "KeySchema";
constexpr std::string_view kReadUnits = "ReadCapacityUnits";
constexpr std::string_view kWriteUnits = "WriteCapacityUnits";
constexpr std::string_view kLimit = "Limit";
constexpr std::string_view kSegment = "Segment";
constexpr std::string_view kTotalSegments = "TotalSegments";
constexpr std::int64_t kIntegerMax = std::numeric_limits<std::int64_t>::max();

constexpr MemberCheck kCapacity = check_read<read_capacity_detail>;
constexpr MemberCheck kMetrics = check_read<wants_collection_metrics>;
constexpr MemberCheck kItemMetrics = check_read<read_item_metrics>;
constexpr MemberCheck kItemOnFailure = check_read<read_item_on_failure>;
constexpr MemberCheck kExpected = check_read<read_expected>;

// --- batches and transactions ---

void check_batch_get(const RequestReader& request, const RegionId& region, Refused& refused) {
  const Result<RequestReader> items = read_request_items(request, "BatchGetItem", "");
  note(items, refused);
  if (items.ok()) note(check_table_names(*items, region, show_keys_and_attributes), refused);
}

void check_batch_write(const RequestReader& request, const RegionId& region, Refused& refused) {
  const Result<RequestReader> items = read_request_items(request, "BatchWriteItem", "");
  note(items, refused);
  if (items.ok()) note(check_table_names(*items, region, show_write_requests), refused);
}

/// What `kind` of action must have, wherever it stands in `TransactItems`.
struct RequiredMembers {
  std::string_view kind;
  std::vector<std::string_view> members;
};

void check_actions(const json::Value& items, const std::vector<RequiredMembers>& kinds, Refused& refused) {
  note(for_each_structure(items, "TransactItem", "transactItems",
                          [&](const RequestReader& element) -> Status {
                            for (const auto& [kind, members] : kinds) {
                              ASSIGN_OR_RETURN(const auto action, element.structure(kind));
                              if (!action) continue;
                              for (const std::string_view member : members) {
                                if (action->has(member)) continue;
                                refused.push_back(missing_member_error(action->path_of(member)));
                              }
                            }
                            return {};
                          }),
       refused);
}

void check_transact_write_items(const RequestReader& request, const RegionId&, Refused& refused) {
  const Result<json::Value> items = read_transact_items(request, "TransactWriteItem");
  note(items, refused);
  if (!items.ok()) return;
  check_actions(*items,
                {{"ConditionCheck", {"TableName", "Key", "ConditionExpression"}},
                 {"Put", {"TableName", "Item"}},
                 {"Delete", {"TableName", "Key"}},
                 {"Update", {"TableName", "Key", "UpdateExpression"}}},
                refused);
}

void check_transact_get_items(const RequestReader& request, const RegionId&, Refused& refused) {
  const Result<json::Value> items = read_transact_items(request, "TransactGetItem");
  note(items, refused);
  if (items.ok()) check_actions(*items, {{"Get", {"TableName", "Key"}}}, refused);
}

// --- statements ---

template <auto kReadList, const auto& kType, const auto& kPath>
void check_statements(const RequestReader& request, const RegionId&, Refused& refused) {
  const Result<json::Value> statements = kReadList(request);
  note(statements, refused);
  if (!statements.ok()) return;
  note(for_each_structure(*statements, kType, kPath,
                          [&](const RequestReader& statement) -> Status {
                            note(check_statement_members(statement), refused);
                            return {};
                          }),
       refused);
}

constexpr std::string_view kBatchType = "BatchStatementRequest";
constexpr std::string_view kBatchPath = "statements";
constexpr std::string_view kTransactionType = "ParameterizedStatement";
constexpr std::string_view kTransactionPath = "transactStatements";

// --- the operations ---

constexpr MemberCheck kEnumerations[] = {kCapacity, check_return_values, kItemMetrics};
constexpr MemberCheck kTableName[] = {check_table};

constexpr MemberCheck kPutItem[] = {kCapacity,   check_return_values, kMetrics, kItemOnFailure, kExpected,
                                    check_table, check_present<kItem>};
constexpr MemberCheck kDeleteItem[] = {kCapacity, check_return_values, kMetrics,           kItemOnFailure,
                                       kExpected, check_table,         check_present<kKey>};
constexpr MemberCheck kUpdateItem[] = {kCapacity,      check_table, check_return_values, kMetrics,
                                       kItemOnFailure, kExpected,   check_present<kKey>};
constexpr MemberCheck kGetItem[] = {kCapacity, check_table, check_present<kKey>};
constexpr MemberCheck kQuery[] = {kCapacity, check_read<read_select>, check_integer<kLimit, 1, kIntegerMax>,
                                  check_table};
constexpr MemberCheck kScan[] = {kCapacity,
                                 check_read<read_select>,
                                 check_integer<kLimit, 1, kIntegerMax>,
                                 check_integer<kTotalSegments, 1, limits::kTotalSegmentsMax>,
                                 check_integer<kSegment, 0, limits::kTotalSegmentsMax - 1>,
                                 check_table};
constexpr MemberCheck kBatchGetItem[] = {check_batch_get, kCapacity};
constexpr MemberCheck kBatchWriteItem[] = {kCapacity, kMetrics, check_batch_write};
constexpr MemberCheck kBatchEnumerations[] = {kCapacity, kMetrics};
constexpr MemberCheck kTransactWriteItems[] = {check_read<read_client_token>, kCapacity, kMetrics,
                                               check_transact_write_items};
constexpr MemberCheck kTransactWriteAlone[] = {check_read<read_client_token>, check_transact_write_items};
constexpr MemberCheck kTransactGetItems[] = {kCapacity, check_transact_get_items};
constexpr MemberCheck kExecuteStatement[] = {check_read<check_statement_members>, check_read<read_next_token>,
                                             kCapacity, check_integer<kLimit, 1, kIntegerMax>};
constexpr MemberCheck kBatchExecuteStatement[] = {
    check_statements<read_batch_statements, kBatchType, kBatchPath>, kCapacity};
constexpr MemberCheck kExecuteTransaction[] = {
    check_read<read_client_token>,
    check_statements<read_transact_statements, kTransactionType, kTransactionPath>, kCapacity};
constexpr MemberCheck kCreateTable[] = {check_present<kDefinitions>, check_present<kKeySchema>,
                                        check_units<kWriteUnits>, check_units<kReadUnits>};
constexpr MemberCheck kUpdateTable[] = {check_units<kWriteUnits>, check_units<kReadUnits>};
constexpr MemberCheck kUpdateTimeToLive[] = {check_table, check_time_to_live};

constexpr MemberChecks kChecks[] = {
    {.operation = "BatchExecuteStatement", .all = kBatchExecuteStatement},
    {.operation = "BatchGetItem", .all = kBatchGetItem, .together = kBatchGetItem},
    {.operation = "BatchWriteItem", .all = kBatchWriteItem, .together = kBatchEnumerations},
    {.operation = "CreateTable", .all = kCreateTable},
    {.operation = "DeleteItem",
     .all = kDeleteItem,
     .required = kKey,
     .together = kEnumerations,
     .alone = kTableName},
    {.operation = "ExecuteStatement", .all = kExecuteStatement},
    {.operation = "ExecuteTransaction", .all = kExecuteTransaction},
    {.operation = "GetItem", .all = kGetItem},
    {.operation = "PutItem",
     .all = kPutItem,
     .required = kItem,
     .together = kEnumerations,
     .alone = kTableName},
    {.operation = "Query", .all = kQuery},
    {.operation = "Scan", .all = kScan},
    {.operation = "TransactGetItems", .all = kTransactGetItems},
    {.operation = "TransactWriteItems",
     .all = kTransactWriteItems,
     .together = kBatchEnumerations,
     .alone = kTransactWriteAlone},
    {.operation = "UpdateItem", .all = kUpdateItem, .required = kKey},
    {.operation = "UpdateTable", .all = kUpdateTable},
    {.operation = "UpdateTimeToLive", .all = kUpdateTimeToLive},
};

}  // namespace

MemberChecks member_checks_of(std::string_view operation) {
  for (const MemberChecks& checks : kChecks) {
    if (checks.operation == operation) return checks;
  }
  return {.operation = operation};
}

}  // namespace gyre::operations
