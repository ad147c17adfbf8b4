// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/base/work.h"
#include "core/json/json_reader.h"
#include "core/json/json_writer.h"
#include "core/model/attribute_value.h"

namespace gyre::json {

// DynamoDB JSON: {"S":"text"}, {"N":"1"}, {"B":"base64"}, {"SS":[...]}, {"M":{...}}, ...

/// kSerialization on a wrong JSON type (AWS: "NUMBER_VALUE cannot be converted to String" and its kin);
/// kValidation on no type or several, on bad numbers, empty sets, duplicates, and values nested deeper than
/// 32 levels.
Result<AttributeValue> read_attribute(const Value& value);
/// A map of attributes: `Item`, `Key`, `ExpressionAttributeValues`.
Result<AttributeMap> read_attribute_map(const Value& value);
/// kValidation, in AWS's words, beyond limits::kAttributeNameBytesMax.
Status check_attribute_name_bytes(std::string_view name);

void write_attribute(Writer& writer, const AttributeValue& value);
void write_attribute_map(Writer& writer, const AttributeMap& attributes);

/// The same JSON straight from the canonical encoding, without building an Item: the read path. `bytes` are
/// our own (decoded before they were stored); damage is kCorruption, and leaves half an item in the writer.
Status write_encoded_item(Writer& writer, std::string_view bytes);
/// The same, counted: kIncomplete once `work` is used up, which leaves half an item as well.
Status write_encoded_item(Writer& writer, std::string_view bytes, Work& work);

}  // namespace gyre::json
