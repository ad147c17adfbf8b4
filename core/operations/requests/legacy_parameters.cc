// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/legacy_parameters.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/json/typed_read.h"
#include "core/operations/requests/expression_parameters.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kReadExpressions[] = {"ProjectionExpression"};

// "Expected, ConditionalOperator"
template <class Names>
std::string listed(const Names& names) {
  std::string list;
  for (const auto& name : names) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

std::vector<std::string_view> present(const RequestReader& request, std::span<const std::string_view> names) {
  std::vector<std::string_view> found;
  std::copy_if(names.begin(), names.end(), std::back_inserter(found),
               [&](std::string_view name) { return request.has(name); });
  return found;
}

std::size_t condition_count(const RequestReader& request) {
  for (const std::string_view name : {"Expected", "QueryFilter", "ScanFilter"}) {
    const std::optional<json::Value> conditions = request.find(name);
    if (conditions && conditions->is_object()) return conditions->size();
  }
  return 0;
}

Status check_conditional_operator(const RequestReader& request) {
  const std::size_t conditions = condition_count(request);
  if (conditions == 0) {
    return Error::validation("ConditionalOperator cannot be used without Filter or Expected");
  }
  if (conditions == 1) {
    return Error::validation(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements");
  }
  return {};
}

}  // namespace

Error mixed_forms_error(std::string_view legacy, std::string_view expressions) {
  return Error::validation(
      fmt::format("Can not use both expression and non-expression parameters in the same request: "
                  "Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
                  legacy, expressions));
}

Status check_forms(const RequestReader& request, std::span<const std::string_view> legacy,
                   std::span<const std::string_view> expressions) {
  const bool is_legacy = has_any(request, legacy);
  if (is_legacy && has_any(request, expressions)) {
    return mixed_forms_error(listed(present(request, legacy)), listed(present(request, expressions)));
  }
  RETURN_IF_ERROR(check_placeholders_wanted(request, expressions));
  const bool joins = is_legacy &&
                     std::find(legacy.begin(), legacy.end(), "ConditionalOperator") != legacy.end() &&
                     request.has("ConditionalOperator");
  return joins ? check_conditional_operator(request) : Status();
}

Result<std::optional<std::vector<std::string>>> read_attributes_to_get(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list("AttributesToGet"));
  if (!list) return std::optional<std::vector<std::string>>();
  std::vector<std::string> names;
  RETURN_IF_ERROR(list->for_each_element([&](const json::Value& value) -> Status {
    ASSIGN_OR_RETURN(const std::string_view name, json::read_string(value));
    names.emplace_back(name);
    return {};
  }));
  if (names.empty()) {
    return constraint_error("[]", request.path_of("AttributesToGet"),
                            "Member must have length greater than or equal to 1");
  }
  if (names.size() > limits::kAttributesToGetMax) {
    return constraint_error(
        "[" + listed(names) + "]", request.path_of("AttributesToGet"),
        fmt::format("Member must have length less than or equal to {}", limits::kAttributesToGetMax));
  }
  return std::optional(std::move(names));
}

Result<expressions::Projection> check_attributes_to_get(std::vector<std::string> names) {
  for (const std::string& name : names) RETURN_IF_ERROR(json::check_attribute_name_bytes(name));
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (seen.insert(name).second) continue;
    return invalid_parameter("Duplicate value in attribute name: " + name);
  }
  return expressions::Projection::of_names(std::move(names));
}

Status check_read_forms(const RequestReader& request) {
  constexpr std::string_view kLegacy[] = {"AttributesToGet"};
  return check_forms(request, kLegacy, kReadExpressions);
}

Result<std::optional<expressions::Projection>> read_projection(
    const RequestReader& request, std::optional<std::vector<std::string>> attributes_to_get) {
  if (attributes_to_get) {
    ASSIGN_OR_RETURN(expressions::Projection projection,
                     check_attributes_to_get(*std::move(attributes_to_get)));
    return std::optional(std::move(projection));
  }
  ASSIGN_OR_RETURN(ExpressionParameters parameters, read_expression_parameters(request, kReadExpressions));
  ASSIGN_OR_RETURN(std::optional<expressions::Projection> projection, read_projection(request, parameters));
  RETURN_IF_ERROR(parameters.placeholders.check_all_used());
  return projection;
}

}  // namespace gyre::operations
