// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/model/attribute_value.h"

// Arbitrary numbers, values and items for the property tests of this room.
namespace gyre::arbitrary {

/// A number's parts, so that a test can hand them to an oracle too: 0.`digits` * 10^(`magnitude` + 1).
struct NumberParts {
  bool negative = false;
  std::string digits;  // 1 to 38, the first one not 0
  int magnitude = 0;   // exponent of the first digit

  std::string text() const {
    return (negative ? "-" : "") + digits + "E" +
           std::to_string(magnitude - static_cast<int>(digits.size()) + 1);
  }
};

/// Magnitudes within `reach` of 0 (and of the limits): where numbers meet is where codecs and sums go wrong.
inline NumberParts number_parts(int reach) {
  NumberParts parts;
  parts.negative = *rc::gen::arbitrary<bool>();
  const int count = *rc::gen::inRange(1, 39);
  parts.digits =
      *rc::gen::container<std::string>(static_cast<std::size_t>(count), rc::gen::inRange('0', ':'));
  // Runs of one digit carry and borrow farthest.
  if (*rc::gen::inRange(0, 4) == 0)
    std::fill(parts.digits.begin(), parts.digits.end(), *rc::gen::element('0', '9'));
  if (parts.digits[0] == '0') parts.digits[0] = '1';
  parts.magnitude = std::clamp(*rc::gen::inRange(-reach, reach + 1), -130, 125);
  return parts;
}

inline Number number() {
  if (*rc::gen::inRange(0, 8) == 0) return Number::from_int(*rc::gen::inRange<std::int64_t>(-3, 4));
  return Number::parse(number_parts(*rc::gen::element(3, 40, 130)).text()).value();
}

/// Short bytes with many zeros and 0xff, so that escapes and common prefixes are met.
inline std::string bytes(int size_min = 0) {
  const int size = *rc::gen::inRange(size_min, 6);
  return *rc::gen::container<std::string>(static_cast<std::size_t>(size),
                                          rc::gen::element('\x00', '\x01', 'a', 'b', '\xfe', '\xff'));
}

inline std::vector<std::string> distinct_bytes() {
  std::vector<std::string> members = {bytes()};
  for (int more = *rc::gen::inRange(0, 4); more > 0; --more) {
    std::string member = bytes();
    if (std::find(members.begin(), members.end(), member) == members.end())
      members.push_back(std::move(member));
  }
  return members;
}

inline std::vector<Number> distinct_numbers() {
  std::vector<Number> members = {number()};
  for (int more = *rc::gen::inRange(0, 4); more > 0; --more) {
    const Number member = number();
    if (std::find(members.begin(), members.end(), member) == members.end()) members.push_back(member);
  }
  return members;
}

AttributeMap attributes(int levels);

/// A value of any type, lists and maps at most `levels` deep.
inline AttributeValue value(int levels) {
  switch (*rc::gen::inRange(0, levels > 1 ? 10 : 8)) {
    case 0:
      return AttributeValue::null();
    case 1:
      return AttributeValue::boolean(*rc::gen::arbitrary<bool>());
    case 2:
      return AttributeValue::number(number());
    case 3:
      return AttributeValue::string(bytes());
    case 4:
      return AttributeValue::binary(bytes());
    case 5:
      return AttributeValue::string_set(distinct_bytes()).value();
    case 6:
      return AttributeValue::number_set(distinct_numbers()).value();
    case 7:
      return AttributeValue::binary_set(distinct_bytes()).value();
    case 8:
      return AttributeValue::map(attributes(levels - 1));
    default: {
      AttributeValue::List elements;
      for (int more = *rc::gen::inRange(0, 4); more > 0; --more) elements.push_back(value(levels - 1));
      return AttributeValue::list(std::move(elements));
    }
  }
}

inline AttributeMap attributes(int levels) {
  AttributeMap map;
  for (int more = *rc::gen::inRange(0, 5); more > 0; --more) map.set(bytes(), value(levels));
  return map;
}

}  // namespace gyre::arbitrary
