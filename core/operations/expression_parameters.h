// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/expressions/expressions.h"
#include "core/operations/request_reader.h"

namespace gyre::operations {

using AttributeNames = std::map<std::string, std::string, std::less<>>;

/// `ExpressionAttributeNames`; empty if absent.
Result<AttributeNames> read_attribute_names(const RequestReader& request);

/// The placeholders of one request, and about what the parsed expressions will hold in memory.
struct ExpressionParameters {
  expressions::Placeholders placeholders;
  std::size_t bytes = 0;
};

/// ExpressionAttributeNames and ExpressionAttributeValues of a request whose expressions are the members
/// `value_expressions` (which may use values) and `name_expressions` (which may not). kValidation for
/// placeholders without any expression that could use them.
Result<ExpressionParameters> read_expression_parameters(
    const RequestReader& request, std::initializer_list<std::string_view> value_expressions,
    std::initializer_list<std::string_view> name_expressions = {});

/// `ConditionExpression` or `FilterExpression`, if it is there.
Result<std::optional<expressions::Condition>> read_condition(const RequestReader& request,
                                                             std::string_view name,
                                                             ExpressionParameters& parameters);
/// `ProjectionExpression`, if it is there.
Result<std::optional<expressions::Projection>> read_projection(const RequestReader& request,
                                                               ExpressionParameters& parameters);

}  // namespace gyre::operations
