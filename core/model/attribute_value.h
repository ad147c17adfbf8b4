// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/model/number.h"

namespace gyre {

class AttributeValue;
struct Attribute;
struct AttributeChange;

/// Attributes by name, in byte order of the names. An item, and the M type. A sorted vector: items are small
/// and read more often than changed. Value semantics.
class AttributeMap {
 public:
  using Storage = std::vector<Attribute>;

  AttributeMap();
  AttributeMap(std::initializer_list<Attribute> attributes);
  /// Sorts what came in any order, once: building a large map by insert() takes quadratic time. nullopt if a
  /// name occurs twice.
  static std::optional<AttributeMap> from_unsorted(Storage attributes);
  AttributeMap(const AttributeMap&);
  AttributeMap(AttributeMap&&) noexcept;
  AttributeMap& operator=(const AttributeMap&);
  AttributeMap& operator=(AttributeMap&&) noexcept;
  ~AttributeMap();

  /// nullptr if there is none. Pointers hold until the map changes.
  const AttributeValue* find(std::string_view name) const;
  AttributeValue* find(std::string_view name);
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// Sets or replaces; answers the value that is in the map now.
  AttributeValue& set(std::string name, AttributeValue value);
  /// Adds a name that must not be there yet; answers false, and changes nothing, if it is.
  bool insert(std::string name, AttributeValue value);
  bool erase(std::string_view name);
  /// Sets and erases many names, which must be distinct and in byte order, in one pass over the map. To erase
  /// a name that is not there changes nothing.
  void change(std::vector<AttributeChange> changes);

  std::size_t size() const;
  bool empty() const;
  void reserve(std::size_t count);
  Storage::const_iterator begin() const;
  Storage::const_iterator end() const;

  bool operator==(const AttributeMap& other) const;

 private:
  Storage attributes_;
};

/// An item's attributes, keys among them.
using Item = AttributeMap;

enum class AttributeType {
  kString,
  kNumber,
  kBinary,
  kBool,
  kNull,
  kMap,
  kList,
  kStringSet,
  kNumberSet,
  kBinarySet
};

/// DynamoDB's name for the type, as it is in JSON: "S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS",
/// "BS".
std::string_view attribute_type_name(AttributeType type);

/// One DynamoDB value of any type. Sets are kept sorted and without duplicates (S and B in byte order, N by
/// value), so that equal values compare equal and encode to equal bytes. Value semantics; any thread, one at
/// a time.
class AttributeValue {
 public:
  struct Binary {
    std::string bytes;
    friend auto operator<=>(const Binary&, const Binary&) = default;
  };
  using List = std::vector<AttributeValue>;
  struct StringSet {
    std::vector<std::string> members;
    bool operator==(const StringSet&) const = default;
  };
  struct NumberSet {
    std::vector<Number> members;
    bool operator==(const NumberSet&) const = default;
  };
  struct BinarySet {
    std::vector<std::string> members;
    bool operator==(const BinarySet&) const = default;
  };

  AttributeValue() : value_(nullptr) {}  ///< NULL

  static AttributeValue string(std::string text) { return AttributeValue(Variant(std::move(text))); }
  static AttributeValue number(Number value) { return AttributeValue(Variant(value)); }
  static AttributeValue binary(std::string bytes) {
    return AttributeValue(Variant(Binary{std::move(bytes)}));
  }
  static AttributeValue boolean(bool value) { return AttributeValue(Variant(value)); }
  static AttributeValue null() { return {}; }
  static AttributeValue map(AttributeMap members) { return AttributeValue(Variant(std::move(members))); }
  static AttributeValue list(List elements) { return AttributeValue(Variant(std::move(elements))); }
  // Sets: kValidation if empty or if a member occurs twice (AWS: "An string set  may not be empty",
  // "Input collection [...] contains duplicates.").
  static Result<AttributeValue> string_set(std::vector<std::string> members);
  static Result<AttributeValue> number_set(std::vector<Number> members);
  static Result<AttributeValue> binary_set(std::vector<std::string> members);

  AttributeType type() const { return static_cast<AttributeType>(kTypeOf[value_.index()]); }
  bool is(AttributeType wanted) const { return type() == wanted; }

  // Each is a bug to call on another type.
  const std::string& as_string() const { return get<std::string>(); }
  const Number& as_number() const { return get<Number>(); }
  const std::string& as_binary() const { return get<Binary>().bytes; }
  bool as_bool() const { return get<bool>(); }
  const AttributeMap& as_map() const { return get<AttributeMap>(); }
  AttributeMap& as_map() { return const_cast<AttributeMap&>(std::as_const(*this).as_map()); }
  const List& as_list() const { return get<List>(); }
  List& as_list() { return const_cast<List&>(std::as_const(*this).as_list()); }
  const std::vector<std::string>& as_string_set() const { return get<StringSet>().members; }
  const std::vector<Number>& as_number_set() const { return get<NumberSet>().members; }
  const std::vector<std::string>& as_binary_set() const { return get<BinarySet>().members; }

  bool operator==(const AttributeValue& other) const = default;

 private:
  using Variant = std::variant<std::nullptr_t, std::string, Number, Binary, bool, AttributeMap, List,
                               StringSet, NumberSet, BinarySet>;
  static constexpr AttributeType kTypeOf[] = {
      AttributeType::kNull,      AttributeType::kString,   AttributeType::kNumber, AttributeType::kBinary,
      AttributeType::kBool,      AttributeType::kMap,      AttributeType::kList,   AttributeType::kStringSet,
      AttributeType::kNumberSet, AttributeType::kBinarySet};

  explicit AttributeValue(Variant value) : value_(std::move(value)) {}
  template <class T>
  const T& get() const {
    const T* value = std::get_if<T>(&value_);
    CHECK(value != nullptr);
    return *value;
  }

  Variant value_;
};

struct Attribute {
  std::string name;
  AttributeValue value;
  bool operator==(const Attribute&) const = default;
};

/// What becomes of one name of a map: it gets the value; without one it is erased.
struct AttributeChange {
  std::string name;
  std::optional<AttributeValue> value;
};

/// Bytes by DynamoDB's rules: UTF-8 name + value; S and B raw; BOOL and NULL 1; L and M 3 + 1 per element +
/// contents (AWS developer guide, "DynamoDB item sizes and formats"); numbers as Number::dynamodb_size.
std::size_t dynamodb_size(const AttributeValue& value);
std::size_t dynamodb_size(const Item& item);

/// Levels of lists and maps, counting the value itself: a scalar or set is 1.
int nesting_levels(const AttributeValue& value);
/// kValidation, in AWS's words: more than limits::kNestingLevelsMax.
Error nested_too_deep();

}  // namespace gyre
