// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_reader.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <vector>

#include "core/base/limits.h"
#include "core/json/json_access.h"

namespace gyre::json {

namespace dom = simdjson::dom;

namespace {

template <class Iterator>
struct Range {
  Iterator at;
  Iterator end;
};
using ElementRange = Range<dom::array::iterator>;
using MemberRange = Range<dom::object::iterator>;
using CursorHandle = std::array<std::uint64_t, 4>;

static_assert(sizeof(dom::element) == 16 && std::is_trivially_copyable_v<dom::element>);
static_assert(sizeof(ElementRange) == sizeof(CursorHandle) && std::is_trivially_copyable_v<ElementRange>);
static_assert(sizeof(MemberRange) == sizeof(CursorHandle) && std::is_trivially_copyable_v<MemberRange>);

dom::array array_of(const Value& value) {
  dom::array array;
  CHECK(Access::is_set(value) && Access::element(value).get_array().get(array) == simdjson::SUCCESS);
  return array;
}

dom::object object_of(const Value& value) {
  dom::object object;
  CHECK(Access::is_set(value) && Access::element(value).get_object().get(object) == simdjson::SUCCESS);
  return object;
}

// Few names are compared pair by pair, which needs no memory; many are sorted.
bool has_duplicate_names(const dom::object& object) {
  constexpr std::size_t kFew = 12;
  const std::size_t count = object.size();
  if (count < 2) return false;
  if (count <= kFew) {
    std::array<std::string_view, kFew> names;
    std::size_t seen = 0;
    for (const auto& field : object) {
      if (std::find(names.begin(), names.begin() + seen, field.key) != names.begin() + seen) return true;
      names[seen++] = field.key;
    }
    return false;
  }
  std::vector<std::string_view> names;
  names.reserve(count);
  for (const auto& field : object) names.push_back(field.key);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// The depth is bounded by the parser.
bool has_duplicate_names_within(const dom::element& element) {
  switch (element.type()) {
    case dom::element_type::ARRAY:
      for (dom::element child : dom::array(element)) {
        if (has_duplicate_names_within(child)) return true;
      }
      return false;
    case dom::element_type::OBJECT: {
      const dom::object object(element);
      if (has_duplicate_names(object)) return true;
      for (const auto& field : object) {
        if (has_duplicate_names_within(field.value)) return true;
      }
      return false;
    }
    default:
      return false;
  }
}

}  // namespace

struct Parser::State {
  dom::parser parser{limits::kHttpBodyBytesMax};
  std::string padded;  // simdjson reads past the end of its input, so the text is copied to where it may
};

Parser::Parser() = default;
Parser::~Parser() = default;

Result<Value> Parser::parse(std::string_view text) {
  if (text.size() > limits::kHttpBodyBytesMax) {
    return Error(ErrorCode::kRequestTooLarge, "The JSON text is larger than 16 MB");
  }
  // One giant text must not hold its memory for the life of the thread.
  if (state_ && state_->padded.capacity() > limits::kJsonKeptBytesMax &&
      text.size() <= limits::kJsonKeptBytesMax) {
    state_.reset();
  }
  if (!state_) {
    state_ = std::make_unique<State>();
    CHECK(state_->parser.allocate(limits::kJsonFirstBytes, limits::kJsonDepthMax) == simdjson::SUCCESS);
  }
  std::string& padded = state_->padded;
  padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  padded.assign(text);
  padded.append(simdjson::SIMDJSON_PADDING, ' ');

  dom::element root;
  if (state_->parser.parse(padded.data(), text.size(), false).get(root) != simdjson::SUCCESS ||
      has_duplicate_names_within(root)) {
    return Error::serialization({});  // AWS says no more than the type
  }
  return Access::value(root);
}

Kind Value::kind() const {
  if (!Access::is_set(*this)) return Kind::kNull;
  switch (Access::element(*this).type()) {
    case dom::element_type::ARRAY:
      return Kind::kArray;
    case dom::element_type::OBJECT:
      return Kind::kObject;
    case dom::element_type::STRING:
      return Kind::kString;
    case dom::element_type::BOOL:
      return Kind::kBool;
    case dom::element_type::NULL_VALUE:
      return Kind::kNull;
    default:
      return Kind::kNumber;
  }
}

bool Value::as_bool() const {
  CHECK(kind() == Kind::kBool);
  return Access::element(*this).get_bool().value_unsafe();
}

std::string_view Value::as_string() const {
  CHECK(is_string());
  return Access::element(*this).get_string().value_unsafe();
}

std::optional<std::int64_t> Value::as_int() const {
  CHECK(kind() == Kind::kNumber);
  const dom::element element = Access::element(*this);
  if (element.is_int64()) return element.get_int64().value_unsafe();
  if (element.is_uint64()) return std::nullopt;  // simdjson keeps what fits as int64
  const double value = element.get_double().value_unsafe();
  if (value != std::trunc(value) || !(value >= -0x1p63 && value < 0x1p63)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

double Value::as_double() const {
  CHECK(kind() == Kind::kNumber);
  return Access::element(*this).get_double().value_unsafe();
}

std::optional<Value> Value::find(std::string_view name) const {
  dom::element member;
  if (object_of(*this).at_key(name).get(member) != simdjson::SUCCESS || member.is_null()) return std::nullopt;
  return Access::value(member);
}

std::size_t Value::size() const {
  return is_array() ? array_of(*this).size() : object_of(*this).size();
}

ElementCursor::ElementCursor(const Value& array) {
  const dom::array elements = array_of(array);
  handle_ = std::bit_cast<CursorHandle>(ElementRange{elements.begin(), elements.end()});
}

bool ElementCursor::at_end() const {
  const auto range = std::bit_cast<ElementRange>(handle_);
  return range.at == range.end;
}

Value ElementCursor::value() const {
  return Access::value(*std::bit_cast<ElementRange>(handle_).at);
}

void ElementCursor::advance() {
  auto range = std::bit_cast<ElementRange>(handle_);
  ++range.at;
  handle_ = std::bit_cast<CursorHandle>(range);
}

MemberCursor::MemberCursor(const Value& object) {
  const dom::object members = object_of(object);
  handle_ = std::bit_cast<CursorHandle>(MemberRange{members.begin(), members.end()});
}

bool MemberCursor::at_end() const {
  const auto range = std::bit_cast<MemberRange>(handle_);
  return range.at == range.end;
}

std::string_view MemberCursor::name() const {
  return std::bit_cast<MemberRange>(handle_).at.key();
}

Value MemberCursor::value() const {
  return Access::value(std::bit_cast<MemberRange>(handle_).at.value());
}

void MemberCursor::advance() {
  auto range = std::bit_cast<MemberRange>(handle_);
  ++range.at;
  handle_ = std::bit_cast<CursorHandle>(range);
}

}  // namespace gyre::json
