// SPDX-License-Identifier: Apache-2.0
// Any bytes as the body of a request: what the reader takes as attributes, the writer writes and the reader
// takes again, and the canonical encoding of the same item answers the same text.
#include <string>

#include "core/base/check.h"
#include "core/json/attribute_json.h"
#include "core/json/json_reader.h"
#include "core/json/json_writer.h"
#include "core/json/typed_read.h"
#include "core/model/item_codec.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

void check_attributes(const AttributeMap& attributes) {
  std::string text;
  json::Writer writer(text);
  json::write_attribute_map(writer, attributes);

  json::Parser parser;
  const auto again = parser.parse(text);
  CHECK(again.ok());
  CHECK(json::read_attribute_map(*again).value() == attributes);

  const std::string encoded = encode_item(attributes);
  CHECK(decode_item(encoded).value() == attributes);
  std::string streamed;
  json::Writer stream_writer(streamed);
  CHECK(json::write_encoded_item(stream_writer, encoded).ok());
  CHECK(streamed == text);
}

void read_as_every_type(const json::Value& value) {
  (void)json::read_string(value);
  (void)json::read_bool(value);
  (void)json::read_integer(value, "Long");
  (void)json::read_blob(value);
  (void)json::expect_list(value);
  (void)json::expect_map(value, "java.lang.String");
  (void)json::expect_structure(value, "AttributeValue");
  (void)json::expect_structure_field(value, "Select");
  if (const auto attributes = json::read_attribute_map(value); attributes.ok()) check_attributes(*attributes);
}

// The parser bounds the nesting.
Status visit(const json::Value& value) {
  read_as_every_type(value);
  if (value.is_array()) return value.for_each_element(visit);
  if (!value.is_object()) return {};
  return value.for_each_member([&](std::string_view name, const json::Value& member) {
    CHECK(member.is_null() || value.find(name).has_value());
    return visit(member);
  });
}

}  // namespace

void fuzz(std::string_view bytes) {
  json::Parser parser;
  if (const auto value = parser.parse(bytes); value.ok()) CHECK(visit(*value).ok());
}

}  // namespace gyre
