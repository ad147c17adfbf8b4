// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace gyre::api {

/// The account that every ARN of Gyre names: there is only one.
inline constexpr std::string_view kAccountId = "000000000000";

/// "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME"
std::string table_arn(const RegionId& region, std::string_view table_name);
/// "TABLE-ARN/stream/LABEL"
std::string stream_arn(const RegionId& region, std::string_view table_name, std::string_view label);

/// "TABLE-ARN/index/NAME"
std::string index_arn(const RegionId& region, std::string_view table_name, std::string_view index_name);

bool is_arn(std::string_view text);
/// The table's name out of its ARN, whatever the account. kValidation if it is no table's ARN, or names
/// another region: a region answers for its own tables only.
Result<std::string> table_name_of_arn(std::string_view arn, const RegionId& region);

}  // namespace gyre::api
