// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/json/json_reader.h"

namespace gyre::json {

// Reads one value as the type that DynamoDB's model gives it. On another JSON type: kSerialization with the
// words of AWS's own deserialiser (as measured by the dynalite project's tests against AWS).

Result<std::string_view> read_string(const Value& value);
Result<bool> read_bool(const Value& value);
/// `type`: "Integer" or "Long", for the message. Fractions are cut off, as AWS does.
Result<std::int64_t> read_integer(const Value& value, std::string_view type);
Result<double> read_double(const Value& value);
/// Seconds since 1970.
Result<double> read_timestamp(const Value& value);
Result<std::string> read_blob(const Value& value);

/// That `value` is a list of any members.
Status expect_list(const Value& value);
/// That `value` is a map whose values have the Java type `value_type`: "java.lang.String", or
/// "com.amazonaws.dynamodb.v20120810.AttributeValue".
Status expect_map(const Value& value, std::string_view value_type);
/// That `value` is a structure of DynamoDB's model, as a member of a list or map: "AttributeValue".
Status expect_structure(const Value& value, std::string_view type);
/// The same as a member of a structure: "Select", "ProvisionedThroughput".
Status expect_structure_field(const Value& value, std::string_view type);

}  // namespace gyre::json
