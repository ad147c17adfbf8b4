// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json/json_reader.h"
#include "core/json/json_writer.h"

namespace gyre::json {

struct CopyOptions {
  bool sort_members = false;  ///< by name, so that equal values give equal texts
  bool leave_out_null_members = false;
};

/// Writes a parsed value again, without the white space between its parts.
void copy(Writer& writer, const Value& value, CopyOptions options = {});

}  // namespace gyre::json
