// SPDX-License-Identifier: Apache-2.0
#include "core/operations/message_style.h"

#include <fmt/core.h>

#include <span>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/collection_metrics.h"
#include "core/operations/items/action_reader.h"
#include "core/operations/queries/page_read.h"
#include "core/operations/requests/request_reader.h"
#include "core/operations/requests/table_reference.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kOneError = "1 validation error detected: ";
constexpr std::string_view kConstraint = "failed to satisfy constraint: ";

/// Looks at members of a request alone, whatever the others are.
using Check = Status (*)(const RequestReader& request, const RegionId& region);

Status status_of(const auto& result) {
  if (result.ok()) return {};
  return result.error();
}

template <const auto& kName>
Status check_present(const RequestReader& request, const RegionId&) {
  if (request.has(kName)) return {};
  return missing_member_error(request.path_of(kName));
}

Status check_capacity(const RequestReader& request, const RegionId&) {
  return status_of(read_capacity_detail(request));
}

Status check_metrics(const RequestReader& request, const RegionId&) {
  return status_of(wants_collection_metrics(request));
}

Status check_return_values(const RequestReader& request, const RegionId&) {
  return status_of(request.choice<ReturnValues>("ReturnValues", kReturnValuesNames));
}

Status check_item_on_failure(const RequestReader& request, const RegionId&) {
  return status_of(read_item_on_failure(request));
}

Status check_select_name(const RequestReader& request, const RegionId&) {
  return status_of(read_select(request));
}

Status check_limit(const RequestReader& request, const RegionId&) {
  return status_of(request.integer("Limit", 1));
}

Status check_total_segments(const RequestReader& request, const RegionId&) {
  return status_of(request.integer("TotalSegments", 1, limits::kTotalSegmentsMax));
}

Status check_segment(const RequestReader& request, const RegionId&) {
  return status_of(request.integer("Segment", 0, limits::kTotalSegmentsMax - 1));
}

Status check_table_name(const RequestReader& request, const RegionId& region) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> name, request.string("TableName"));
  if (name && name->empty()) {
    return constraint_error(*name, "tableName", "Member must have length greater than or equal to 1");
  }
  return status_of(read_item_table(request, region));
}

template <const auto& kName>
Status check_units(const RequestReader& request, const RegionId&) {
  ASSIGN_OR_RETURN(const std::optional<RequestReader> throughput, request.structure("ProvisionedThroughput"));
  if (!throughput) return {};
  return status_of(throughput->required_long(kName, 1));
}

constexpr std::string_view kItem = "Item";
constexpr std::string_view kKey = "Key";
constexpr std::string_view kDefinitions = "AttributeDefinitions";
constexpr std::string_view kKeySchema = "KeySchema";
constexpr std::string_view kReadUnits = "ReadCapacityUnits";
constexpr std::string_view kWriteUnits = "WriteCapacityUnits";
constexpr std::string_view kRequestItems = "RequestItems";

// In the order of the messages. AWS's own is that of a hash table; where a pair was measured, it is kept.
constexpr Check kPutItem[] = {check_capacity,        check_return_values, check_metrics,
                              check_item_on_failure, check_table_name,    check_present<kItem>};
constexpr Check kKeyedWrite[] = {check_capacity,        check_return_values, check_metrics,
                                 check_item_on_failure, check_table_name,    check_present<kKey>};
constexpr Check kGetItem[] = {check_capacity, check_table_name, check_present<kKey>};
constexpr Check kQuery[] = {check_capacity, check_select_name, check_limit, check_table_name};
constexpr Check kScan[] = {check_capacity,       check_select_name, check_limit,
                           check_total_segments, check_segment,     check_table_name};
constexpr Check kBatchGetItem[] = {check_capacity, check_present<kRequestItems>};
constexpr Check kBatchWriteItem[] = {check_capacity, check_metrics, check_present<kRequestItems>};
constexpr Check kCreateTable[] = {check_present<kDefinitions>, check_present<kKeySchema>,
                                  check_units<kWriteUnits>, check_units<kReadUnits>};
constexpr Check kUpdateTable[] = {check_units<kWriteUnits>, check_units<kReadUnits>};

struct Checked {
  std::string_view operation;
  std::span<const Check> checks;
};

constexpr Checked kChecked[] = {
    {"BatchGetItem", kBatchGetItem},
    {"BatchWriteItem", kBatchWriteItem},
    {"CreateTable", kCreateTable},
    {"DeleteItem", kKeyedWrite},
    {"GetItem", kGetItem},
    {"PutItem", kPutItem},
    {"Query", kQuery},
    {"Scan", kScan},
    {"UpdateItem", kKeyedWrite},
    {"UpdateTable", kUpdateTable},
};

class Aggregated final : public http::Operation {
 public:
  Aggregated(std::unique_ptr<http::Operation> operation, std::span<const Check> checks, RegionId region)
      : operation_(std::move(operation)), checks_(checks), region_(std::move(region)) {}

  void run(const http::Request& request, http::Responder respond) override {
    const std::vector<std::string> refused = refused_members(RequestReader(request.body));
    if (refused.empty()) return operation_->run(request, std::move(respond));
    std::string message =
        fmt::format("{} validation error{} detected: ", refused.size(), refused.size() == 1 ? "" : "s");
    for (const std::string& sentence : refused) {
      message.append(&sentence == &refused.front() ? "" : "; ").append(sentence);
    }
    respond(Error::validation(std::move(message)));
  }

 private:
  // A sentence for each. Nothing where JSON types are wrong: that is said first, and by the operation.
  std::vector<std::string> refused_members(const RequestReader& request) const {
    std::vector<std::string> sentences;
    for (const Check check : checks_) {
      const Status status = check(request, region_);
      if (status.ok()) continue;
      if (status.error().code == ErrorCode::kSerialization) return {};
      const std::string_view message = status.error().message;
      if (!message.starts_with(kOneError) || message.find(kConstraint) == std::string_view::npos) continue;
      sentences.emplace_back(message.substr(kOneError.size()));
    }
    return sentences;
  }

  std::unique_ptr<http::Operation> operation_;
  std::span<const Check> checks_;
  RegionId region_;
};

}  // namespace

std::unique_ptr<http::Operation> with_message_style(MessageStyle style, std::string_view name,
                                                    std::unique_ptr<http::Operation> operation,
                                                    const RegionId& region) {
  if (style == MessageStyle::kCurrent) return operation;
  for (const Checked& checked : kChecked) {
    if (checked.operation == name) {
      return std::make_unique<Aggregated>(std::move(operation), checked.checks, region);
    }
  }
  return operation;
}

}  // namespace gyre::operations
