// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/number.h"

namespace gyre::streams {

/// How a pattern is read.
enum class PatternMode {
  kAws,    ///< as AWS reads it: N is text, so "numeric" never matches one
  kTyped,  ///< the same, but N and the members of NS are numbers as well
};

/// One value of a record, as a pattern meets it.
struct LeafValue {
  enum class Kind { kText, kNumber, kBool };
  Kind kind = Kind::kText;
  std::string_view text = {};  ///< of kText
  bool boolean = false;        ///< of kBool
  /// Of kNumber; and of a kText that is a number too (N in typed mode).
  std::optional<Number> number = std::nullopt;
  bool integer_text = true;  ///< a kNumber that is written without a fraction
};

/// A number of a pattern.
struct PatternNumber {
  std::optional<Number> value = std::nullopt;  ///< absent: beyond what any value can be
  bool integer_text = true;                    ///< written without fraction and exponent
};

struct NumericBound {
  Number value;
  bool inclusive = true;
};

/// One alternative of a field's array. A value; pure.
struct ValueTest {
  enum class Operator {
    kText,
    kNumber,
    kBool,
    kNull,  ///< a record has no null: never matches
    kPrefix,
    kPrefixIgnoringCase,
    kSuffix,
    kSuffixIgnoringCase,
    kTextIgnoringCase,
    kAnythingButTexts,
    kAnythingButNumbers,
    kNumeric,
    kExists,
    kAbsent,  ///< matches no value, but that there is none: not for matches()
  };
  Operator op = Operator::kNull;
  std::vector<std::string> texts = {};
  std::vector<PatternNumber> numbers = {};
  bool boolean = false;
  std::optional<NumericBound> low = std::nullopt;
  std::optional<NumericBound> high = std::nullopt;

  bool matches(const LeafValue& value) const;
  /// What matches() costs at most, in units of Work: by the operands, and the bytes of text that it compares.
  std::uint64_t units(const LeafValue& value) const;
};

}  // namespace gyre::streams
