// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace gyre::expressions {

/// DynamoDB's reserved words, in upper case and sorted. In expressions they name no attribute, however deep
/// it is written: a #placeholder must.
std::span<const std::string_view> reserved_words();

/// Of any case.
bool is_reserved_word(std::string_view name);

}  // namespace gyre::expressions
