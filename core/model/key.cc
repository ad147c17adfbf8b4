// SPDX-License-Identifier: Apache-2.0
#include "core/model/key.h"

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/limits.h"

namespace gyre {
namespace {

constexpr char kZero = '\x00';
constexpr char kEscaped = '\xff';  // after a zero: it is data
constexpr char kEnd = '\x01';      // after a zero: it was the end

void append_escaped(std::string& out, std::string_view bytes) {
  for (std::size_t zero = bytes.find(kZero); zero != std::string_view::npos; zero = bytes.find(kZero)) {
    out.append(bytes.substr(0, zero + 1));
    out.push_back(kEscaped);
    bytes.remove_prefix(zero + 1);
  }
  out.append(bytes);
  out.push_back(kZero);
  out.push_back(kEnd);
}

Result<std::string> read_escaped(ByteReader& reader) {
  std::string value;
  for (;;) {
    const std::size_t zero = reader.rest().find(kZero);
    if (zero == std::string_view::npos) return Error::corruption("key value has no end");
    ASSIGN_OR_RETURN(const std::string_view plain, reader.bytes(zero));
    value.append(plain);
    ASSIGN_OR_RETURN(const std::string_view mark, reader.bytes(2));
    if (mark[1] == kEnd) return value;
    if (mark[1] != kEscaped) return Error::corruption("key value has an unknown escape");
    value.push_back(kZero);
  }
}

AttributeType attribute_type(ScalarType type) {
  switch (type) {
    case ScalarType::kString:
      return AttributeType::kString;
    case ScalarType::kNumber:
      return AttributeType::kNumber;
    case ScalarType::kBinary:
      return AttributeType::kBinary;
  }
  CHECK(false);
  return AttributeType::kString;
}

Error does_not_match() {
  return Error::validation("The provided key element does not match the schema");
}

// The bytes that DynamoDB's limits count: none for a number, which cannot grow past them.
std::optional<std::size_t> limited_bytes(const AttributeValue& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return value.as_string().size();
    case AttributeType::kBinary:
      return value.as_binary().size();
    default:
      return std::nullopt;
  }
}

// The value of a key attribute, if it is there and of the right type. A request's Key has one message for all
// that does not fit; an Item has one for each.
Result<const AttributeValue*> key_value(const KeyAttribute& wanted, const AttributeMap& attributes,
                                        bool exact) {
  const AttributeValue* value = attributes.find(wanted.name);
  if (value == nullptr) {
    if (exact) return does_not_match();
    return Error::validation("One or more parameter values were invalid: Missing the key " + wanted.name +
                             " in the item");
  }
  if (!value->is(attribute_type(wanted.type))) {
    if (exact) return does_not_match();
    return Error::validation("One or more parameter values were invalid: Type mismatch for key " +
                             wanted.name + " expected: " + std::string(scalar_type_name(wanted.type)) +
                             " actual: " + std::string(attribute_type_name(value->type())));
  }
  return value;
}

Status check_size(const KeyAttribute& wanted, const AttributeValue& value, std::size_t bytes_max,
                  std::string_view too_long) {
  const std::optional<std::size_t> bytes = limited_bytes(value);
  if (bytes == 0) {
    const char* kind = wanted.type == ScalarType::kBinary ? "binary" : "string";
    return Error::validation(std::string("One or more parameter values are not valid. The AttributeValue for "
                                         "a key attribute cannot contain "
                                         "an empty ") +
                             kind + " value. Key: " + wanted.name);
  }
  if (bytes > bytes_max) return Error::validation(std::string(too_long));
  return {};
}

static_assert(limits::kPartitionKeyBytesMax == 2048 && limits::kSortKeyBytesMax == 1024);

Status check_partition(const KeyAttribute& wanted, const AttributeValue& value) {
  return check_size(wanted, value, limits::kPartitionKeyBytesMax, kPartitionKeyTooLong);
}

Status check_sort(const KeyAttribute& wanted, const AttributeValue& value) {
  return check_size(wanted, value, limits::kSortKeyBytesMax, kSortKeyTooLong);
}

Result<AttributeValue> read_whole_key_value(std::string_view bytes, ScalarType type) {
  ByteReader reader(bytes);
  ASSIGN_OR_RETURN(AttributeValue value, read_key_value(reader, type));
  if (!reader.at_end()) return Error::corruption("bytes after the end of a key");
  return value;
}

}  // namespace

void append_key_value(std::string& out, const AttributeValue& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return append_escaped(out, value.as_string());
    case AttributeType::kBinary:
      return append_escaped(out, value.as_binary());
    default:
      return value.as_number().append_ordered(out);
  }
}

Result<AttributeValue> read_key_value(ByteReader& reader, ScalarType type) {
  if (type == ScalarType::kNumber) {
    ASSIGN_OR_RETURN(const Number number, Number::read_ordered(reader));
    return AttributeValue::number(number);
  }
  ASSIGN_OR_RETURN(std::string bytes, read_escaped(reader));
  return type == ScalarType::kString ? AttributeValue::string(std::move(bytes))
                                     : AttributeValue::binary(std::move(bytes));
}

Result<ItemKey> item_key(const KeySchema& schema, const AttributeMap& attributes, bool exact) {
  if (exact && attributes.size() != (schema.sort ? 2 : 1)) return does_not_match();
  ASSIGN_OR_RETURN(const AttributeValue* partition, key_value(schema.partition, attributes, exact));
  const AttributeValue* sort = nullptr;
  if (schema.sort) {
    ASSIGN_OR_RETURN(sort, key_value(*schema.sort, attributes, exact));
  }
  RETURN_IF_ERROR(check_partition(schema.partition, *partition));
  if (sort != nullptr) RETURN_IF_ERROR(check_sort(*schema.sort, *sort));

  ItemKey key;
  append_key_value(key.partition, *partition);
  if (sort != nullptr) append_key_value(key.sort, *sort);
  key.partition_hash = hash64(key.partition);
  return key;
}

Status check_key_values(const KeySchema& schema, const AttributeMap& attributes) {
  const Result<const AttributeValue*> partition = key_value(schema.partition, attributes, false);
  if (partition.ok()) RETURN_IF_ERROR(check_partition(schema.partition, **partition));
  if (!schema.sort) return {};
  const Result<const AttributeValue*> sort = key_value(*schema.sort, attributes, false);
  return sort.ok() ? check_sort(*schema.sort, **sort) : Status();
}

Result<AttributeMap> key_attributes(const KeySchema& schema, const ItemKey& key) {
  AttributeMap attributes;
  attributes.reserve(2);
  ASSIGN_OR_RETURN(AttributeValue partition, read_whole_key_value(key.partition, schema.partition.type));
  attributes.set(schema.partition.name, std::move(partition));
  if (schema.sort) {
    ASSIGN_OR_RETURN(AttributeValue sort, read_whole_key_value(key.sort, schema.sort->type));
    attributes.set(schema.sort->name, std::move(sort));
  } else if (!key.sort.empty()) {
    return Error::corruption("a sort key in a table that has none");
  }
  return attributes;
}

AttributeMap key_of(const KeySchema& schema, const Item& item) {
  AttributeMap key;
  key.reserve(2);
  const auto take = [&](const KeyAttribute& wanted) {
    const AttributeValue* value = item.find(wanted.name);
    CHECK(value != nullptr);
    key.set(wanted.name, *value);
  };
  take(schema.partition);
  if (schema.sort) take(*schema.sort);
  return key;
}

}  // namespace gyre
