// SPDX-License-Identifier: Apache-2.0
#include "core/json/shape.h"

#include <fmt/core.h>

#include <array>

#include "core/base/base64.h"
#include "core/json/json_access.h"
#include "core/json/typed_read.h"

// Every request passes here, whole, before its operation sees it. What is right costs a few instructions a
// value; only what is wrong is looked at again, for its words.
namespace gyre::json {
namespace {

namespace dom = simdjson::dom;

/// Where a value is: AWS's words for a wrong structure differ.
enum class Place { kWhole, kMember, kElement };

constexpr std::array<bool, 256> kBase64Letters = [] {
  std::array<bool, 256> letters{};
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char letter : kAlphabet) letters[static_cast<unsigned char>(letter)] = true;
  return letters;
}();

// Without decoding it all: only the last four letters can have padding, or bits that mean nothing.
bool is_base64(std::string_view text) {
  constexpr std::size_t kGroup = 4;
  if (text.size() % kGroup != 0) return false;
  if (text.empty()) return true;
  bool letters = true;
  for (const char c : text.substr(0, text.size() - kGroup)) {
    letters &= kBase64Letters[static_cast<unsigned char>(c)];
  }
  return letters && decode_base64(text.substr(text.size() - kGroup)).ok();
}

template <class T>
Status status_of(const Result<T>& result) {
  return result.ok() ? Status() : Status(result.error());
}

// The words for a value that has another type.
Status refusal(const Value& value, const Shape& shape, Place place) {
  switch (shape.type) {
    case Type::kString:
      return status_of(read_string(value));
    case Type::kBlob:
      return status_of(read_blob(value));
    case Type::kBoolean:
      return status_of(read_bool(value));
    case Type::kInteger:
      return status_of(read_integer(value, "Integer"));
    case Type::kLong:
      return status_of(read_integer(value, "Long"));
    case Type::kDouble:
      return status_of(read_double(value));
    case Type::kTimestamp:
      return status_of(read_timestamp(value));
    case Type::kStructure:
      return place == Place::kMember ? expect_structure_field(value, shape.name)
                                     : expect_structure(value, shape.name);
    case Type::kList:
      return expect_list(value);
    case Type::kMap:
      return expect_map(value, java_type(*shape.element));
  }
  return {};
}

/// Looks for the first wrong type. It is kept as what it is, since a Status for every value costs more than
/// the look.
class Search {
 public:
  bool finds_in(dom::element element, const Shape& shape, Place place) {
    const dom::element_type type = element.type();
    switch (shape.type) {
      case Type::kString:
        if (type == dom::element_type::STRING) return false;
        break;
      case Type::kMap:
        if (type == dom::element_type::OBJECT) return finds_in_map(object_of(element), *shape.element);
        break;
      case Type::kStructure:
        if (type == dom::element_type::OBJECT) return finds_in_structure(object_of(element), shape);
        break;
      case Type::kList:
        if (type == dom::element_type::ARRAY) return finds_in_list(array_of(element), *shape.element);
        break;
      case Type::kBoolean:
        if (type == dom::element_type::BOOL) return false;
        break;
      case Type::kBlob:
        if (type == dom::element_type::STRING && is_base64(element.get_string().value_unsafe())) return false;
        break;
      default:
        if (type == dom::element_type::INT64 || type == dom::element_type::UINT64 ||
            type == dom::element_type::DOUBLE) {
          return false;
        }
    }
    if (type == dom::element_type::NULL_VALUE) return false;
    wrong_ = {element, &shape, place};
    return true;
  }

  Status refused() const { return refusal(Access::value(wrong_.element), *wrong_.shape, wrong_.place); }

 private:
  struct Found {
    dom::element element{};
    const Shape* shape = nullptr;
    Place place = Place::kMember;
  };

  static dom::object object_of(const dom::element& element) { return element.get_object().value_unsafe(); }
  static dom::array array_of(const dom::element& element) { return element.get_array().value_unsafe(); }

  bool finds_in_structure(const dom::object& object, const Shape& shape) {
    for (auto at = object.begin(), end = object.end(); at != end; ++at) {
      const Member* member = shape.find(at.key());
      if (member != nullptr && finds_in(at.value(), *member->shape, Place::kMember)) return true;
    }
    return false;
  }

  bool finds_in_map(const dom::object& object, const Shape& values) {
    for (auto at = object.begin(), end = object.end(); at != end; ++at) {
      if (finds_in(at.value(), values, Place::kElement)) return true;
    }
    return false;
  }

  bool finds_in_list(const dom::array& array, const Shape& elements) {
    for (const dom::element child : array) {
      if (finds_in(child, elements, Place::kElement)) return true;
    }
    return false;
  }

  Found wrong_;
};

}  // namespace

// The parser bounds the depth.
Status check_types(const Value& value, const Shape& shape) {
  Search search;
  if (!search.finds_in(Access::element(value), shape, Place::kWhole)) return {};
  return search.refused();
}

std::string java_type(const Shape& shape) {
  switch (shape.type) {
    case Type::kString:
      return "java.lang.String";
    case Type::kBlob:
      return "java.nio.ByteBuffer";
    case Type::kBoolean:
      return "java.lang.Boolean";
    case Type::kInteger:
      return "java.lang.Integer";
    case Type::kLong:
      return "java.lang.Long";
    case Type::kDouble:
      return "java.lang.Double";
    case Type::kTimestamp:
      return "java.util.Date";
    case Type::kStructure:
      return fmt::format("com.amazonaws.dynamodb.v20120810.{}", shape.name);
    case Type::kList:
      return fmt::format("java.util.List<{}>", java_type(*shape.element));
    case Type::kMap:
      return fmt::format("java.util.Map<java.lang.String, {}>", java_type(*shape.element));
  }
  return {};
}

}  // namespace gyre::json
