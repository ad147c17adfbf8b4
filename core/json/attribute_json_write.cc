// SPDX-License-Identifier: Apache-2.0
#include "core/json/attribute_json.h"

#include "core/base/limits.h"
#include "core/model/item_codec.h"

namespace gyre::json {
namespace {

template <class Members, class WriteMember>
void write_array(Writer& writer, const Members& members, WriteMember&& write_member) {
  writer.begin_array();
  for (const auto& member : members) write_member(member);
  writer.end_array();
}

void write_content(Writer& writer, const AttributeValue& value) {
  switch (value.type()) {
    case AttributeType::kString:
      writer.string(value.as_string());
      return;
    case AttributeType::kNumber:
      writer.plain_string(value.as_number().to_string());
      return;
    case AttributeType::kBinary:
      writer.base64_string(value.as_binary());
      return;
    case AttributeType::kBool:
      writer.boolean(value.as_bool());
      return;
    case AttributeType::kNull:
      writer.boolean(true);
      return;
    case AttributeType::kMap:
      return write_attribute_map(writer, value.as_map());
    case AttributeType::kList:
      return write_array(writer, value.as_list(),
                         [&](const auto& element) { write_attribute(writer, element); });
    case AttributeType::kStringSet:
      return write_array(writer, value.as_string_set(), [&](const auto& member) { writer.string(member); });
    case AttributeType::kNumberSet:
      return write_array(writer, value.as_number_set(),
                         [&](const auto& member) { writer.plain_string(member.to_string()); });
    case AttributeType::kBinarySet:
      return write_array(writer, value.as_binary_set(),
                         [&](const auto& member) { writer.base64_string(member); });
  }
}

Status write_encoded(Writer& writer, EncodedReader& reader, Work& work);

Status write_encoded_attributes(Writer& writer, EncodedReader& reader, const EncodedValue& map, Work& work) {
  writer.begin_object();
  RETURN_IF_ERROR(reader.for_each_attribute(map, [&](std::string_view name) {
    writer.key(name);
    return write_encoded(writer, reader, work);
  }));
  writer.end_object();
  return {};
}

Status write_encoded_list(Writer& writer, EncodedReader& reader, const EncodedValue& list, Work& work) {
  writer.begin_array();
  RETURN_IF_ERROR(reader.for_each_element(list, [&] { return write_encoded(writer, reader, work); }));
  writer.end_array();
  return {};
}

Status write_encoded_set(Writer& writer, EncodedReader& reader, const EncodedValue& set, Work& work) {
  work.add(limits::kWrittenValueUnits * set.count);
  writer.begin_array();
  switch (set.type) {
    case AttributeType::kStringSet:
      RETURN_IF_ERROR(reader.for_each_member(set, [&](std::string_view member) { writer.string(member); }));
      break;
    case AttributeType::kNumberSet:
      RETURN_IF_ERROR(reader.for_each_number(
          set, [&](const Number& member) { writer.plain_string(member.to_string()); }));
      break;
    default:
      RETURN_IF_ERROR(
          reader.for_each_member(set, [&](std::string_view member) { writer.base64_string(member); }));
  }
  writer.end_array();
  return {};
}

Status write_encoded_content(Writer& writer, EncodedReader& reader, const EncodedValue& value, Work& work) {
  switch (value.type) {
    case AttributeType::kString:
      writer.string(value.bytes);
      return {};
    case AttributeType::kNumber:
      writer.plain_string(value.number.to_string());
      return {};
    case AttributeType::kBinary:
      writer.base64_string(value.bytes);
      return {};
    case AttributeType::kBool:
      writer.boolean(value.boolean);
      return {};
    case AttributeType::kNull:
      writer.boolean(true);
      return {};
    case AttributeType::kMap:
      return write_encoded_attributes(writer, reader, value, work);
    case AttributeType::kList:
      return write_encoded_list(writer, reader, value, work);
    default:
      return write_encoded_set(writer, reader, value, work);
  }
}

Status write_encoded(Writer& writer, EncodedReader& reader, Work& work) {
  ASSIGN_OR_RETURN(const EncodedValue value, reader.value());
  work.add(limits::kWrittenValueUnits);
  if (work.used_up()) return too_much_work();
  writer.begin_object(attribute_type_name(value.type));
  RETURN_IF_ERROR(write_encoded_content(writer, reader, value, work));
  writer.end_object();
  return {};
}

}  // namespace

void write_attribute(Writer& writer, const AttributeValue& value) {
  writer.begin_object(attribute_type_name(value.type()));
  write_content(writer, value);
  writer.end_object();
}

void write_attribute_map(Writer& writer, const AttributeMap& attributes) {
  writer.begin_object();
  for (const Attribute& attribute : attributes) {
    writer.key(attribute.name);
    write_attribute(writer, attribute.value);
  }
  writer.end_object();
}

Status write_encoded_item(Writer& writer, std::string_view bytes) {
  Work unbounded;
  return write_encoded_item(writer, bytes, unbounded);
}

Status write_encoded_item(Writer& writer, std::string_view bytes, Work& work) {
  work.add(limits::kWrittenByteUnits * bytes.size());
  if (work.used_up()) return too_much_work();
  // As JSON an item is about as long: quotes and types come on top.
  writer.out().reserve(writer.out().size() + bytes.size() + bytes.size() / 4 + 128);
  EncodedReader reader(bytes);
  ASSIGN_OR_RETURN(const EncodedValue head, reader.item_head());
  RETURN_IF_ERROR(write_encoded_attributes(writer, reader, head, work));
  return reader.end();
}

}  // namespace gyre::json
