// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/json/json_reader.h"

namespace gyre::json {

/// True if the text has the number without fraction and exponent: 300, but neither 300.0 nor 3e2.
bool written_as_integer(const Value& number);

/// The number in decimal digits: an integer exactly, any other with the fewest digits that read back as the
/// same double, and with an exponent where that is shorter.
std::string number_text(const Value& number);

}  // namespace gyre::json
