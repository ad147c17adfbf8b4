// SPDX-License-Identifier: Apache-2.0
#include "core/operations/member_checks.h"

#include "core/api/model.h"
#include "core/base/check.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/collection_metrics.h"
#include "core/operations/items/action_reader.h"
#include "core/operations/items/batch_tables.h"
#include "core/operations/transactions/client_token.h"
#include "core/operations/transactions/transaction.h"

namespace gyre::operations {
namespace {

using Refused = std::vector<Error>;

void note(const auto& result, Refused& refused) {
  if (!result.ok()) refused.push_back(result.error());
}

template <auto kRead>
void check_read(const RequestReader& request, const RegionId&, Refused& refused) {
  note(kRead(request), refused);
}

void check_table(const RequestReader& request, const RegionId& region, Refused& refused) {
  note(read_item_table(request, region), refused);
}

void check_return_values(const RequestReader& request, const RegionId&, Refused& refused) {
  note(read_return_values(request, ActionHolder::kOperation), refused);
}

/// What TransactWriteItems' model refuses, one after the other.
void check_transact_write_items(const RequestReader& request, const RegionId& region, Refused& refused) {
  note(read_transact_items(request, "TransactWriteItem"), refused);
  const api::Operation* operation = api::find_operation("DynamoDB_20120810.TransactWriteItems");
  CHECK(operation != nullptr);
  const json::Member* items = operation->input->find("TransactItems");
  CHECK(items != nullptr);
  const json::Shape only_items{.type = json::Type::kStructure, .members = {items, 1}};
  note(api::check_members(only_items, request, region), refused);
}

constexpr MemberCheck kCapacity = check_read<read_capacity_detail>;
constexpr MemberCheck kMetrics = check_read<wants_collection_metrics>;
constexpr MemberCheck kItemMetrics = check_read<read_item_metrics>;

constexpr MemberCheck kEnumerations[] = {kCapacity, check_return_values, kItemMetrics};
void check_batch_get(const RequestReader& request, const RegionId& region, Refused& refused) {
  const Result<RequestReader> items = read_request_items(request, "BatchGetItem", {});
  note(items, refused);
  if (items.ok()) note(check_table_names(*items, region, show_keys_and_attributes), refused);
}

constexpr MemberCheck kBatchGetItem[] = {check_batch_get, kCapacity};
constexpr MemberCheck kBatchEnumerations[] = {kCapacity, kMetrics};
constexpr MemberCheck kTableName[] = {check_table};
constexpr MemberCheck kTransactWriteAlone[] = {check_read<read_client_token>, check_transact_write_items};

/// A batch's `RequestItems` are checked as a whole: AWS shows them all.
template <std::string (*kShow)(const json::Value&)>
void add_request_items(const RequestReader& request, const RegionId& region, api::Sentences& sentences) {
  const auto add = [&](const auto& result) {
    if (!result.ok() && result.error().older_words().starts_with(kOneError)) {
      sentences.push_back(result.error().older_words().substr(kOneError.size()));
    }
  };
  const Result<RequestReader> items = read_request_items(request, {}, {});
  add(items);
  if (items.ok()) add(check_table_names(*items, region, kShow));
}

constexpr ToldAtOnce kToldAtOnce[] = {
    {.operation = "BatchGetItem", .together = kBatchGetItem},
    {.operation = "BatchWriteItem", .together = kBatchEnumerations},
    {.operation = "DeleteItem", .required = "Key", .together = kEnumerations, .alone = kTableName},
    {.operation = "PutItem", .required = "Item", .together = kEnumerations, .alone = kTableName},
    {.operation = "TransactWriteItems", .together = kBatchEnumerations, .alone = kTransactWriteAlone},
    {.operation = "UpdateItem", .required = "Key"},
};

constexpr api::WordedMember kWorded[] = {
    {"BatchGetItem", "RequestItems", add_request_items<show_keys_and_attributes>},
    {"BatchWriteItem", "RequestItems", add_request_items<show_write_requests>},
};

}  // namespace

ToldAtOnce told_at_once_by(std::string_view operation) {
  for (const ToldAtOnce& told : kToldAtOnce) {
    if (told.operation == operation) return told;
  }
  return {.operation = operation};
}

std::vector<api::WordedMember> worded_members_of(std::string_view operation) {
  std::vector<api::WordedMember> worded;
  for (const api::WordedMember& member : kWorded) {
    if (member.operation == operation) worded.push_back(member);
  }
  return worded;
}

}  // namespace gyre::operations
