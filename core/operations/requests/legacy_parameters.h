// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/expressions.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {

// DynamoDB's parameters from before expressions. What they mean is translated to what expressions mean; here
// are those that several operations have in common (see legacy_conditions.h and legacy_updates.h too).

/// kValidation: parameters of both kinds cannot come together.
Error mixed_forms_error(std::string_view legacy, std::string_view expressions);
/// kValidation if the request says some things by expressions and others by `legacy` parameters, gives
/// placeholders without expressions, or a ConditionalOperator with nothing to join. Both lists are in the
/// order in which AWS's messages name them.
Status check_forms(const RequestReader& request, std::span<const std::string_view> legacy,
                   std::span<const std::string_view> expressions);

/// `AttributesToGet`, if it is there: 1 to 255 names. Duplicates are for check_attributes_to_get, since AWS
/// looks for them later.
Result<std::optional<std::vector<std::string>>> read_attributes_to_get(const RequestReader& request);
/// kValidation: a name is given twice.
Result<expressions::Projection> check_attributes_to_get(std::vector<std::string> names);

// What GetItem and the tables of BatchGetItem have in common.

/// check_forms for a request that can only project.
Status check_read_forms(const RequestReader& request);
/// What either `AttributesToGet` (as read before) or `ProjectionExpression` asks for, if one is there.
Result<std::optional<expressions::Projection>> read_projection(
    const RequestReader& request, std::optional<std::vector<std::string>> attributes_to_get);

}  // namespace gyre::operations
