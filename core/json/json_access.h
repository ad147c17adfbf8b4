// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <bit>

#include "core/json/json_reader.h"

// Of this room alone: what the handles of json_reader.h hide.
namespace gyre::json {

/// Everything hidden is a plain position on simdjson's tape, so copying bits copies the value.
struct Access {
  /// Not so of a Value that came from no parser.
  static bool is_set(const Value& value) { return value.handle_[0] != 0; }
  static simdjson::dom::element element(const Value& value) {
    return std::bit_cast<simdjson::dom::element>(value.handle_);
  }
  static Value value(simdjson::dom::element element) {
    Value value;
    value.handle_ = std::bit_cast<std::array<std::uint64_t, 2>>(element);
    return value;
  }
};

}  // namespace gyre::json
