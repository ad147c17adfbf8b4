// SPDX-License-Identifier: Apache-2.0
#include "core/storage/encoded_size.h"

#include "core/model/item_codec.h"

namespace gyre::storage {
namespace {

constexpr std::uint64_t kContainerBytes =
    3;  // of L and M, and 1 more per element (AWS, "DynamoDB item sizes and formats")

Status add_value(EncodedReader& reader, std::uint64_t& size) {
  ASSIGN_OR_RETURN(const EncodedValue value, reader.value());
  switch (value.type) {
    case AttributeType::kNull:
    case AttributeType::kBool:
      size += 1;
      return {};
    case AttributeType::kString:
    case AttributeType::kBinary:
      size += value.bytes.size();
      return {};
    case AttributeType::kNumber:
      size += value.number.dynamodb_size();
      return {};
    case AttributeType::kList:
      size += kContainerBytes + value.count;
      return reader.for_each_element(value, [&] { return add_value(reader, size); });
    case AttributeType::kMap:
      size += kContainerBytes + value.count;
      return reader.for_each_attribute(value, [&](std::string_view name) {
        size += name.size();
        return add_value(reader, size);
      });
    case AttributeType::kStringSet:
    case AttributeType::kBinarySet:
      return reader.for_each_member(value, [&](std::string_view member) { size += member.size(); });
    case AttributeType::kNumberSet:
      return reader.for_each_number(value, [&](const Number& member) { size += member.dynamodb_size(); });
  }
  return Error::corruption("a value is of an unknown type");
}

}  // namespace

Result<std::uint64_t> encoded_dynamodb_size(std::string_view image) {
  EncodedReader reader(image);
  std::uint64_t size = 0;
  RETURN_IF_ERROR(reader.item([&](std::string_view name) {
    size += name.size();
    return add_value(reader, size);
  }));
  return size;
}

}  // namespace gyre::storage
