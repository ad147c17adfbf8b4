// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/expressions.h"
#include "core/expressions/parse_cache.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {

using AttributeNames = std::map<std::string, std::string, std::less<>>;

/// `ExpressionAttributeNames`; empty if absent.
Result<AttributeNames> read_attribute_names(const RequestReader& request);

/// The placeholders of one request, and about what the parsed expressions will hold in memory.
struct ExpressionParameters {
  expressions::Placeholders placeholders;
  std::size_t bytes = 0;
};

/// Does the request have one of these members?
bool has_any(const RequestReader& request, std::span<const std::string_view> names);

/// kValidation for placeholders without any expression that could use them. `expressions` are the members
/// that hold the operation's expressions, in AWS's order; all but a ProjectionExpression may use values.
Status check_placeholders_wanted(const RequestReader& request, std::span<const std::string_view> expressions);

/// ExpressionAttributeNames and ExpressionAttributeValues, checked, of a request whose expressions are these.
Result<ExpressionParameters> read_expression_parameters(const RequestReader& request,
                                                        std::span<const std::string_view> expressions);

/// kValidation if an expression reads or writes inside a key attribute of the table or of an index.
Status check_key_paths(const std::vector<std::string>& nested_names, const TableSchema& schema);

/// The parsed expressions of what this thread has read before. Each I/O thread has its own, for as long as it
/// lives, so that none waits for another.
expressions::ParseCache& parse_cache();

/// `ConditionExpression` or `FilterExpression`, if it is there.
Result<std::optional<expressions::Condition>> read_condition(const RequestReader& request,
                                                             std::string_view name,
                                                             ExpressionParameters& parameters);
/// `ProjectionExpression`, if it is there.
Result<std::optional<expressions::Projection>> read_projection(const RequestReader& request,
                                                               ExpressionParameters& parameters);

}  // namespace gyre::operations
