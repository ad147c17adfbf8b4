// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json/json_reader.h"
#include "core/json/json_writer.h"

namespace gyre::cli {

/// Hands everything printed to the system. `code`, or kExitError with a line on standard error if any of it
/// could not be written: a full disk must not look like a short answer. The last thing that a command does.
int finish_output(int code);

/// Writes a reply of a region as our lines are written: members in snake_case, `TableName` as `table_name`.
/// Items keep their attributes' names (below `Keys` and `Image`).
void copy_reply(json::Writer& writer, const json::Value& value);
/// The members of an object, into one that is begun.
void copy_reply_members(json::Writer& writer, const json::Value& object);

}  // namespace gyre::cli
