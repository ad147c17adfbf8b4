// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/json/json_reader.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {

// Tags of a table. Limits and alphabet: AWS developer guide, "Tagging restrictions in DynamoDB". All of a
// request is taken or nothing.

using Tags = std::map<std::string, std::string>;

/// `Tags`: kValidation on a key or value that is too long or of other characters, on a reserved key ("aws:"),
/// on a key that is given twice and on more than fifty.
Result<Tags> read_tags(const json::Value& list);
/// `TagKeys`, under the same rules.
Result<std::vector<std::string>> read_tag_keys(const json::Value& list);
/// Adds `added` to `tags`, over values of before: kValidation if there would be more than fifty.
Status merge_tags(const Tags& added, Tags& tags);

/// `ResourceArn`: kValidation if it is absent.
Result<std::string_view> read_resource_arn(const RequestReader& request);
/// The name in a table's ARN. Only tables of this region have tags: kValidation on any other ARN, those of
/// indexes, streams and backups too.
Result<std::string> tagged_table_name(std::string_view arn, const RegionId& region);
/// The words for a table that is not there; UntagResource has others.
Error tagged_table_not_found(std::string_view arn);

}  // namespace gyre::operations
