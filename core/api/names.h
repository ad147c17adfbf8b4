// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gyre::api {

/// A member as messages name it: "TableName" -> "tableName".
std::string camel_case(std::string_view name);

/// What names of tables and indexes are made of, as messages show it.
inline constexpr std::string_view kNamePattern = "[a-zA-Z0-9_.-]+";
bool has_name_characters(std::string_view name);

}  // namespace gyre::api
