// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/attribute_value.h"
#include "core/model/table_schema.h"

namespace gyre {

/// The primary key of one item, ready for storage and comparison. `partition` and `sort` are order-preserving
/// and prefix-free encodings (core/model/README.md, "Keys"): comparing bytes compares keys as DynamoDB orders
/// them. `sort` is empty if the table has no sort key.
struct ItemKey {
  std::uint64_t partition_hash = 0;  ///< hash64 of `partition`; decides the shard
  std::string partition;
  std::string sort;

  friend auto operator<=>(const ItemKey&, const ItemKey&) = default;
};

// AWS's own texts, missing blank included.
inline constexpr std::string_view kPartitionKeyTooLong =
    "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
    "bytes";
inline constexpr std::string_view kSortKeyTooLong =
    "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size "
    "limit of "
    "1024 bytes";

/// Appends one key value (S, N or B) order-preserving and prefix-free. The type is not written: the schema
/// knows it. S and B: every byte 0x00 becomes 0x00 0xFF, and 0x00 0x01 ends the value; N:
/// Number::append_ordered.
void append_key_value(std::string& out, const AttributeValue& value);
Result<AttributeValue> read_key_value(ByteReader& reader, ScalarType type);

/// Takes the key out of an item or out of a request's `Key`. kValidation, with AWS's message, if a key
/// attribute is missing, has the wrong type, is empty or too long; with `exact`, also if anything else is
/// beside the key.
Result<ItemKey> item_key(const KeySchema& schema, const AttributeMap& attributes, bool exact);

/// The part of item_key() that no other schema could make right: kValidation for a key value of the right
/// type that is empty or too long. What is missing or of another type passes.
Status check_key_values(const KeySchema& schema, const AttributeMap& attributes);

/// The key as attributes again: what `Keys` of a change record and LastEvaluatedKey hold.
Result<AttributeMap> key_attributes(const KeySchema& schema, const ItemKey& key);

/// The key attributes of an item that is known to have them.
AttributeMap key_of(const KeySchema& schema, const Item& item);

}  // namespace gyre
