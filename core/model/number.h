// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace gyre {

/// A DynamoDB number: up to 38 significant decimal digits, exactly; 0 or a magnitude of 1E-130 to 9.99…E+125.
/// A value type of 24 bytes, always normalised: no trailing zeros in the coefficient, one zero.
/// (Limits: AWS developer guide, "Naming rules and data types"; no Debian package holds 38 exact digits.)
class Number {
 public:
  Number() = default;  ///< zero

  /// Parses DynamoDB's decimal text: optional sign, digits with an optional point, optional exponent.
  /// kValidation, with AWS's message, on any other text, on more than 38 significant digits, and outside the
  /// magnitudes.
  static Result<Number> parse(std::string_view text);
  static Number from_int(std::int64_t value);

  /// The canonical text that DynamoDB answers: plain digits, never an exponent (1E125 has 126 characters).
  std::string to_string() const;
  /// Appends to_string() without an allocation of its own.
  void append_text(std::string& out) const;
  /// The value as a signed 64-bit integer; kValidation if it is none.
  Result<std::int64_t> to_int() const;

  bool is_zero() const { return (coefficient_high_ | coefficient_low_) == 0; }
  bool is_negative() const { return negative_; }

  /// Exact sums; kValidation where the result leaves the magnitudes or needs more than 38 digits, for which
  /// AWS says "overflow" too (measured on AWS by the tests of Alternator).
  static Result<Number> add(const Number& a, const Number& b);
  static Result<Number> subtract(const Number& a, const Number& b);

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const = default;

  /// Appends bytes that sort as numbers do and end by themselves (no number's bytes are a prefix of
  /// another's). The format is described in core/model/README.md, "Numbers".
  void append_ordered(std::string& out) const;
  /// Reads what append_ordered wrote; kCorruption on anything else, also on a spelling that is not the
  /// canonical one.
  static Result<Number> read_ordered(ByteReader& reader);

  /// Bytes that DynamoDB charges for the number: 1 + ceil(integer digits / 2) + ceil(fraction digits / 2), +
  /// 1 if negative, zeros trimmed (measured on AWS by a third party: 3.14159 costs 5, 123456 costs 4, 1E125
  /// costs 2).
  std::size_t dynamodb_size() const;

 private:
  __extension__ using Coefficient = unsigned __int128;  // 38 digits fit: 10^38 < 2^127

  // `coefficient` * 10^`exponent`, brought to the normal form; kValidation if that is no DynamoDB number.
  static Result<Number> make(bool negative, Coefficient coefficient, int exponent);
  static Number normal(bool negative, Coefficient coefficient, int exponent);

  Coefficient coefficient() const { return (Coefficient{coefficient_high_} << 64) | coefficient_low_; }
  // The exponent of the first digit: 123 has 2.
  int magnitude() const;

  // Two halves, since a whole __int128 would align to 16 bytes and make every AttributeValue larger.
  std::uint64_t coefficient_high_ = 0;
  std::uint64_t coefficient_low_ = 0;
  std::int16_t exponent_ = 0;  // value = coefficient * 10^exponent
  bool negative_ = false;
};

static_assert(sizeof(Number) == 24);

}  // namespace gyre
