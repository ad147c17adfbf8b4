// SPDX-License-Identifier: Apache-2.0
#include "core/model/item_codec.h"

#include <algorithm>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre {
namespace {

// The first byte of every value. On disk: never renumbered.
enum class Tag : std::uint8_t {
  kNull = 0,
  kFalse = 1,
  kTrue = 2,
  kNumber = 3,
  kString = 4,
  kBinary = 5,
  kList = 6,
  kMap = 7,
  kStringSet = 8,
  kNumberSet = 9,
  kBinarySet = 10,
};

// Out of line: the walk is hot, and damage is not.
[[gnu::cold, gnu::noinline]] Error damaged() {
  return Error::corruption("bytes are no encoded item");
}

void append_tag(std::string& out, Tag tag) {
  out.push_back(static_cast<char>(tag));
}

void append_members(std::string& out, Tag tag, const std::vector<std::string>& members) {
  CHECK(!members.empty());  // which readers refuse
  append_tag(out, tag);
  append_varint(out, members.size());
  for (const std::string& member : members) append_sized(out, member);
}

void append_attributes(std::string& out, const AttributeMap& attributes, int level);

void append_value_at(std::string& out, const AttributeValue& value, int level) {
  CHECK(level <= limits::kNestingLevelsMax);
  switch (value.type()) {
    case AttributeType::kNull:
      return append_tag(out, Tag::kNull);
    case AttributeType::kBool:
      return append_tag(out, value.as_bool() ? Tag::kTrue : Tag::kFalse);
    case AttributeType::kNumber:
      append_tag(out, Tag::kNumber);
      return value.as_number().append_ordered(out);
    case AttributeType::kString:
      append_tag(out, Tag::kString);
      return append_sized(out, value.as_string());
    case AttributeType::kBinary:
      append_tag(out, Tag::kBinary);
      return append_sized(out, value.as_binary());
    case AttributeType::kList:
      append_tag(out, Tag::kList);
      append_varint(out, value.as_list().size());
      for (const AttributeValue& element : value.as_list()) append_value_at(out, element, level + 1);
      return;
    case AttributeType::kMap:
      append_tag(out, Tag::kMap);
      return append_attributes(out, value.as_map(), level + 1);
    case AttributeType::kStringSet:
      return append_members(out, Tag::kStringSet, value.as_string_set());
    case AttributeType::kNumberSet:
      CHECK(!value.as_number_set().empty());
      append_tag(out, Tag::kNumberSet);
      append_varint(out, value.as_number_set().size());
      for (const Number& member : value.as_number_set()) member.append_ordered(out);
      return;
    case AttributeType::kBinarySet:
      return append_members(out, Tag::kBinarySet, value.as_binary_set());
  }
  CHECK(false);
}

void append_attributes(std::string& out, const AttributeMap& attributes, int level) {
  append_varint(out, attributes.size());
  for (const Attribute& attribute : attributes) {
    append_sized(out, attribute.name);
    append_value_at(out, attribute.value, level);
  }
}

}  // namespace

void append_item(std::string& out, const Item& item) {
  append_attributes(out, item, 1);
}

std::string encode_item(const Item& item) {
  std::string out;
  // DynamoDB's size is near the encoded one; a tag and a length or two for each attribute come on top.
  constexpr std::size_t kAttributeOverhead = 4;
  out.reserve(dynamodb_size(item) + kAttributeOverhead * (item.size() + 1));
  append_item(out, item);
  return out;
}

void append_value(std::string& out, const AttributeValue& value) {
  append_value_at(out, value, 1);
}

std::optional<std::uint64_t> EncodedReader::take_varint() {
  if (rest_.empty()) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(rest_[0]);
  if (first < 0x80) {  // nearly always
    rest_.remove_prefix(1);
    return first;
  }
  ByteReader reader(rest_);
  const Result<std::uint64_t> value = reader.varint();
  if (!value.ok()) return std::nullopt;
  rest_ = reader.rest();
  return *value;
}

std::optional<std::string_view> EncodedReader::take_sized() {
  const std::optional<std::uint64_t> size = take_varint();
  if (!size || *size > rest_.size()) return std::nullopt;
  const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(*size));
  rest_.remove_prefix(taken.size());
  return taken;
}

bool EncodedReader::take_head(EncodedValue& value, AttributeType type, std::size_t count_min) {
  value.type = type;
  const std::optional<std::uint64_t> count = take_varint();
  // Every element, attribute and member takes at least one byte.
  if (!count || *count < count_min || *count > rest_.size()) return false;
  value.count = static_cast<std::size_t>(*count);
  return true;
}

bool EncodedReader::take_text(EncodedValue& value, AttributeType type) {
  value.type = type;
  const std::optional<std::string_view> bytes = take_sized();
  if (!bytes) return false;
  value.bytes = *bytes;
  return true;
}

bool EncodedReader::take_value(EncodedValue& value) {
  if (rest_.empty() || level_ > limits::kNestingLevelsMax) return false;
  const auto tag = static_cast<Tag>(rest_[0]);
  rest_.remove_prefix(1);
  switch (tag) {
    case Tag::kNull:
      return true;
    case Tag::kFalse:
    case Tag::kTrue:
      value.type = AttributeType::kBool;
      value.boolean = tag == Tag::kTrue;
      return true;
    case Tag::kNumber: {
      value.type = AttributeType::kNumber;
      const Result<Number> number = number_after(std::nullopt);
      if (number.ok()) value.number = *number;
      return number.ok();
    }
    case Tag::kString:
      return take_text(value, AttributeType::kString);
    case Tag::kBinary:
      return take_text(value, AttributeType::kBinary);
    case Tag::kList:
      return take_head(value, AttributeType::kList, 0);
    case Tag::kMap:
      return take_head(value, AttributeType::kMap, 0);
    case Tag::kStringSet:
      return take_head(value, AttributeType::kStringSet, 1);
    case Tag::kNumberSet:
      return take_head(value, AttributeType::kNumberSet, 1);
    case Tag::kBinarySet:
      return take_head(value, AttributeType::kBinarySet, 1);
  }
  return false;
}

Result<EncodedValue> EncodedReader::item_head() {
  level_ = 0;
  Result<EncodedValue> result{EncodedValue()};
  if (!take_head(*result, AttributeType::kMap, 0)) result = damaged();
  return result;
}

// The value is filled in where the caller wants it: copies of it were most of a walk's time.
Result<EncodedValue> EncodedReader::value() {
  Result<EncodedValue> result{EncodedValue()};
  if (!take_value(*result)) result = damaged();
  return result;
}

Status EncodedReader::end() const {
  if (!rest_.empty()) return damaged();
  return {};
}

Result<std::string_view> EncodedReader::text_after(const std::optional<std::string_view>& previous) {
  const std::optional<std::string_view> text = take_sized();
  if (!text || (previous && *text <= *previous)) return damaged();
  return *text;
}

Result<Number> EncodedReader::number_after(const std::optional<Number>& previous) {
  ByteReader reader(rest_);
  ASSIGN_OR_RETURN(const Number number, Number::read_ordered(reader));
  if (previous && number <= *previous) return damaged();
  rest_ = reader.rest();
  return number;
}

Status EncodedReader::skip_value() {
  ASSIGN_OR_RETURN(const EncodedValue skipped, value());
  switch (skipped.type) {
    case AttributeType::kList:
      return for_each_element(skipped, [this] { return skip_value(); });
    case AttributeType::kMap:
      return for_each_attribute(skipped, [this](std::string_view) { return skip_value(); });
    case AttributeType::kStringSet:
    case AttributeType::kBinarySet:
      return for_each_member(skipped, [](std::string_view) {});
    case AttributeType::kNumberSet:
      return for_each_number(skipped, [](const Number&) {});
    default:
      return {};
  }
}

namespace {

Result<AttributeValue> read_value(EncodedReader& reader, Work& work);

// How many places to reserve for a count that may lie: damage must not take memory that the bytes do not bear
// out.
std::size_t trusted(std::size_t count) {
  return std::min<std::size_t>(count, 256);
}

// Elements of lists and maps count as they are read.
std::size_t set_members(const EncodedValue& value) {
  const bool is_document = value.type == AttributeType::kList || value.type == AttributeType::kMap;
  return is_document ? 0 : value.count;
}

// What takes one attribute of an item or map into `attributes`; they come in order, so each goes to the end.
auto attribute_into(AttributeMap& attributes, EncodedReader& reader, Work& work) {
  return [&](std::string_view name) -> Status {
    ASSIGN_OR_RETURN(AttributeValue value, read_value(reader, work));
    attributes.insert(std::string(name), std::move(value));
    return {};
  };
}

Result<std::vector<std::string>> read_members(EncodedReader& reader, const EncodedValue& set) {
  std::vector<std::string> members;
  members.reserve(trusted(set.count));
  RETURN_IF_ERROR(
      reader.for_each_member(set, [&](std::string_view member) { members.emplace_back(member); }));
  return members;
}

Result<AttributeValue> read_value(EncodedReader& reader, Work& work) {
  ASSIGN_OR_RETURN(const EncodedValue value, reader.value());
  work.add(limits::kDecodedValueUnits * (1 + set_members(value)));
  if (work.used_up()) return too_much_work();
  switch (value.type) {
    case AttributeType::kNull:
      return AttributeValue::null();
    case AttributeType::kBool:
      return AttributeValue::boolean(value.boolean);
    case AttributeType::kNumber:
      return AttributeValue::number(value.number);
    case AttributeType::kString:
      return AttributeValue::string(std::string(value.bytes));
    case AttributeType::kBinary:
      return AttributeValue::binary(std::string(value.bytes));
    case AttributeType::kList: {
      AttributeValue::List elements;
      elements.reserve(trusted(value.count));
      RETURN_IF_ERROR(reader.for_each_element(value, [&]() -> Status {
        ASSIGN_OR_RETURN(AttributeValue element, read_value(reader, work));
        elements.push_back(std::move(element));
        return {};
      }));
      return AttributeValue::list(std::move(elements));
    }
    case AttributeType::kMap: {
      work.add(limits::kDecodedMapUnits);
      AttributeMap attributes;
      attributes.reserve(trusted(value.count));
      RETURN_IF_ERROR(reader.for_each_attribute(value, attribute_into(attributes, reader, work)));
      return AttributeValue::map(std::move(attributes));
    }
    case AttributeType::kStringSet: {
      ASSIGN_OR_RETURN(std::vector<std::string> members, read_members(reader, value));
      return AttributeValue::string_set(std::move(members));
    }
    case AttributeType::kNumberSet: {
      std::vector<Number> members;
      members.reserve(trusted(value.count));
      RETURN_IF_ERROR(
          reader.for_each_number(value, [&](const Number& member) { members.push_back(member); }));
      return AttributeValue::number_set(std::move(members));
    }
    case AttributeType::kBinarySet: {
      ASSIGN_OR_RETURN(std::vector<std::string> members, read_members(reader, value));
      return AttributeValue::binary_set(std::move(members));
    }
  }
  return damaged();
}

}  // namespace

Result<Item> decode_item(std::string_view bytes, Work& work) {
  work.add(bytes.size());
  EncodedReader reader(bytes);
  ASSIGN_OR_RETURN(const EncodedValue head, reader.item_head());
  Item item;
  item.reserve(trusted(head.count));
  RETURN_IF_ERROR(reader.for_each_attribute(head, attribute_into(item, reader, work)));
  RETURN_IF_ERROR(reader.end());
  return item;
}

Result<Item> decode_item(std::string_view bytes) {
  Work unbounded;
  return decode_item(bytes, unbounded);
}

Result<AttributeValue> decode_value(std::string_view bytes) {
  EncodedReader reader(bytes);
  Work unbounded;
  ASSIGN_OR_RETURN(AttributeValue value, read_value(reader, unbounded));
  RETURN_IF_ERROR(reader.end());
  return value;
}

}  // namespace gyre
