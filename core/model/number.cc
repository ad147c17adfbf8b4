// SPDX-License-Identifier: Apache-2.0
#include "core/model/number.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kDigitsMax = static_cast<int>(limits::kNumberDigitsMax);
constexpr int kMagnitudeMax = 125;
constexpr int kMagnitudeMin = -130;

// 10^0 to 10^38.
constexpr auto kPowers = [] {
  std::array<Wide, kDigitsMax + 1> powers{};
  Wide power = 1;
  for (Wide& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}();

constexpr const char* kTooManyDigits = "Attempting to store more than 38 significant digits in a Number";
constexpr const char* kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr const char* kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";

int bit_count(Wide value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<std::uint64_t>(value));
}

// Decimal digits of a value below 10^39; 0 has none.
int digit_count(Wide value) {
  const int guess = (bit_count(value) * 1233) >> 12;  // 1233 / 4096 is log10(2), near enough up to 128 bits
  return guess > kDigitsMax ? guess : guess + (value >= kPowers[guess] ? 1 : 0);
}

// Writes a value below 10^38 and answers the end of the text; `to` has room for 38 characters.
char* write_digits(char* to, Wide value) {
  if ((value >> 64) == 0) return std::to_chars(to, to + 20, static_cast<std::uint64_t>(value)).ptr;
  constexpr int kHalf = 19;
  to = std::to_chars(to, to + 20, static_cast<std::uint64_t>(value / kPowers[kHalf])).ptr;
  char low[20];
  const char* end = std::to_chars(low, low + 20, static_cast<std::uint64_t>(value % kPowers[kHalf])).ptr;
  const auto length = static_cast<std::size_t>(end - low);
  std::memset(to, '0', kHalf - length);
  std::memcpy(to + kHalf - length, low, length);
  return to + kHalf;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr const char* kNotANumber = "The parameter cannot be converted to a numeric value";

Error not_a_number(std::string_view text) {
  Error error = Error::validation(std::string(kNotANumber).append(": ").append(text));
  return text.empty() ? std::move(error).or_in_older_words(kNotANumber) : error;
}

// How AWS's older half refuses a number that is out of range: it reads numbers as Java's BigDecimal does,
// whose exponent and scale have 32 bits, and its sum of digits and exponent wraps around.
std::string older_refusal(std::string_view text) {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::size_t mantissa_end = std::min(text.find_first_of("eE"), text.size());
  std::int64_t digits = 0;
  std::int64_t after_point = 0;
  bool point = false;
  for (const char c : text.substr(0, mantissa_end)) {
    point = point || c == '.';
    if (!is_digit(c)) continue;
    if (digits > 0 || c != '0') ++digits;
    if (point) ++after_point;
  }
  std::int64_t exponent = 0;
  std::string_view written = text.substr(mantissa_end);
  if (!written.empty()) written.remove_prefix(written.substr(1, 1) == "+" ? 2 : 1);
  std::from_chars(written.data(), written.data() + written.size(), exponent);
  const bool fits = exponent >= Limits::min() && exponent <= Limits::max() &&
                    after_point - exponent >= Limits::min() && after_point - exponent <= Limits::max();
  if (!fits) return std::string(kNotANumber).append(": ").append(text);
  const auto places = static_cast<std::int32_t>(std::max<std::int64_t>(digits, 1) - after_point + exponent);
  return places > 0 ? kOverflow : kUnderflow;
}

Error overflow(std::string_view text) {
  return Error::validation(kOverflow).or_in_older_words(older_refusal(text));
}

Error underflow(std::string_view text) {
  return Error::validation(kUnderflow).or_in_older_words(older_refusal(text));
}

// The digits of a decimal text without leading and trailing zeros.
struct Mantissa {
  Wide coefficient = 0;
  int digits = 0;      // may pass 38: then the coefficient is not kept
  int exponent = 0;    // of the coefficient's last digit
  bool valid = false;  // there was at least one digit
};

// Takes digits with an optional point from the front of `rest`. Zeros are held back until a digit other than
// 0 follows, so that "1000…0" of any length stays a coefficient of 1.
Mantissa take_mantissa(std::string_view& rest) {
  Mantissa mantissa;
  int zeros = 0;
  bool after_point = false;
  std::size_t taken = 0;
  for (; taken < rest.size(); ++taken) {
    const char c = rest[taken];
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (!is_digit(c)) break;
    mantissa.valid = true;
    if (after_point) --mantissa.exponent;
    if (c == '0') {
      if (mantissa.digits > 0) ++zeros;
      continue;
    }
    mantissa.digits += zeros + 1;
    if (mantissa.digits <= kDigitsMax) {
      mantissa.coefficient = mantissa.coefficient * kPowers[zeros + 1] + static_cast<unsigned>(c - '0');
    }
    zeros = 0;
  }
  mantissa.exponent += zeros;
  rest.remove_prefix(taken);
  return mantissa;
}

// An exponent beyond every limit is cut to kFar, which no text can be long enough to bring back into the
// limits.
constexpr int kFar = 1'000'000'000;
constexpr std::size_t kTextBytesMax = kFar / 2;

// Reads "e-12"; 0 if nothing is left, nullopt if it is no exponent, or none of 64 bits.
std::optional<int> take_exponent(std::string_view rest) {
  if (rest.empty()) return 0;
  if (rest[0] != 'e' && rest[0] != 'E') return std::nullopt;
  rest.remove_prefix(1);
  const bool negative = !rest.empty() && rest[0] == '-';
  if (negative || (!rest.empty() && rest[0] == '+')) rest.remove_prefix(1);
  if (rest.empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc() || end != rest.data() + rest.size() || !is_digit(rest[0])) return std::nullopt;
  const auto near = static_cast<int>(std::min<std::int64_t>(value, kFar));
  return negative ? -near : near;
}

}  // namespace

int Number::magnitude() const {
  return exponent_ + digit_count(coefficient()) - 1;
}

Number Number::normal(bool negative, Coefficient coefficient, int exponent) {
  Number number;
  if (coefficient == 0) return number;
  if ((coefficient >> 64) == 0) {
    auto small = static_cast<std::uint64_t>(coefficient);
    for (; small % 10 == 0; small /= 10) ++exponent;
    coefficient = small;
  } else {
    for (; coefficient % 10 == 0; coefficient /= 10) ++exponent;
  }
  number.coefficient_high_ = static_cast<std::uint64_t>(coefficient >> 64);
  number.coefficient_low_ = static_cast<std::uint64_t>(coefficient);
  number.exponent_ = static_cast<std::int16_t>(exponent);
  number.negative_ = negative;
  return number;
}

Result<Number> Number::make(bool negative, Coefficient coefficient, int exponent) {
  const Number number = normal(negative, coefficient, exponent);
  if (number.is_zero()) return number;
  const int digits = digit_count(number.coefficient());
  const int magnitude = number.exponent_ + digits - 1;
  if (magnitude > kMagnitudeMax) return Error::validation(kOverflow);
  if (magnitude < kMagnitudeMin) return Error::validation(kUnderflow);
  if (digits > kDigitsMax) return Error::validation(kOverflow);
  return number;
}

Result<Number> Number::parse(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest[0] == '-';
  if (negative || (!rest.empty() && rest[0] == '+')) rest.remove_prefix(1);
  if (rest.size() > kTextBytesMax) return not_a_number("");

  const Mantissa mantissa = take_mantissa(rest);
  const std::optional<int> exponent = take_exponent(rest);
  if (!mantissa.valid || !exponent) return not_a_number(text);
  if (mantissa.digits == 0) {  // its limits are those of the exponent that it is written with
    if (*exponent > kMagnitudeMax) return overflow(text);
    if (*exponent < kMagnitudeMin) return underflow(text);
    return Number();
  }

  // At most one kFar and a text's length, so no sum leaves 32 bits.
  const int last = mantissa.exponent + *exponent;
  const int magnitude = last + mantissa.digits - 1;
  if (magnitude > kMagnitudeMax) return overflow(text);
  if (magnitude < kMagnitudeMin) return underflow(text);
  if (mantissa.digits > kDigitsMax) return Error::validation(kTooManyDigits);

  Number number;
  number.coefficient_high_ = static_cast<std::uint64_t>(mantissa.coefficient >> 64);
  number.coefficient_low_ = static_cast<std::uint64_t>(mantissa.coefficient);
  number.exponent_ = static_cast<std::int16_t>(last);
  number.negative_ = negative;
  return number;
}

Number Number::from_int(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return normal(value < 0, value < 0 ? 0 - bits : bits, 0);
}

void Number::append_text(std::string& out) const {
  char digits[kDigitsMax + 2];
  const auto count = static_cast<int>(write_digits(digits, coefficient()) - digits);
  if (negative_) out.push_back('-');
  if (exponent_ >= 0) {
    out.append(digits, static_cast<std::size_t>(count));
    out.append(static_cast<std::size_t>(exponent_), '0');
    return;
  }
  const int whole = count + exponent_;  // digits before the point
  if (whole > 0) {
    out.append(digits, static_cast<std::size_t>(whole));
    out.push_back('.');
    out.append(digits + whole, static_cast<std::size_t>(count - whole));
    return;
  }
  out.append("0.");
  out.append(static_cast<std::size_t>(-whole), '0');
  out.append(digits, static_cast<std::size_t>(count));
}

std::string Number::to_string() const {
  std::string text;
  append_text(text);
  return text;
}

Result<std::int64_t> Number::to_int() const {
  const auto error = [this] {
    return Error::validation("The number " + to_string() + " is not a 64-bit integer");
  };
  constexpr std::uint64_t kInt64Max = 0x7fff'ffff'ffff'ffff;
  if (is_zero()) return std::int64_t{0};
  if (exponent_ < 0 || magnitude() > 18) return error();
  // At most 19 digits, so the product is exact.
  const auto value = static_cast<std::uint64_t>(coefficient() * kPowers[exponent_]);
  if (value > kInt64Max + (negative_ ? 1 : 0)) return error();
  return static_cast<std::int64_t>(negative_ ? 0 - value : value);
}

Result<Number> Number::add(const Number& a, const Number& b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const Number& coarse = a.exponent_ >= b.exponent_ ? a : b;
  const Number& fine = a.exponent_ >= b.exponent_ ? b : a;

  // In units of the finer one's last digit. A coarse part of 2 * 10^38 or more cannot come down to 38 digits
  // again, for the fine part is below 10^38 and ends in a digit that no zero of the coarse part cancels.
  // Below that, sums fit 128 bits.
  const int shift = coarse.exponent_ - fine.exponent_;
  if (shift > kDigitsMax || (shift > 0 && coarse.coefficient() > 2 * kPowers[kDigitsMax] / kPowers[shift])) {
    return Error::validation(kOverflow);
  }
  const Coefficient left = coarse.coefficient() * kPowers[shift];
  const Coefficient right = fine.coefficient();
  if (coarse.negative_ == fine.negative_) return make(coarse.negative_, left + right, fine.exponent_);
  return left >= right ? make(coarse.negative_, left - right, fine.exponent_)
                       : make(fine.negative_, right - left, fine.exponent_);
}

Result<Number> Number::subtract(const Number& a, const Number& b) {
  Number negated = b;
  negated.negative_ = !b.negative_ && !b.is_zero();
  return add(a, negated);
}

std::strong_ordering Number::operator<=>(const Number& other) const {
  if (negative_ != other.negative_) return other.negative_ <=> negative_;
  if (is_zero() || other.is_zero()) return !is_zero() <=> !other.is_zero();  // neither is negative
  const Number& a = negative_ ? other : *this;
  const Number& b = negative_ ? *this : other;
  if (a.exponent_ == b.exponent_) return a.coefficient() <=> b.coefficient();
  if (const auto order = a.magnitude() <=> b.magnitude(); order != 0) return order;
  // As many digits before the point, so a common exponent is at most 37 digits away.
  const int exponent = std::min(a.exponent_, b.exponent_);
  return a.coefficient() * kPowers[a.exponent_ - exponent] <=>
         b.coefficient() * kPowers[b.exponent_ - exponent];
}

namespace {

// The lead byte of the ordered form. A negative number is the complement of its positive twin.
constexpr std::uint8_t kLeadNegative = 0x7d;
constexpr std::uint8_t kLeadZero = 0x7f;
constexpr std::uint8_t kLeadPositive = 0x82;
static_assert(kLeadNegative == static_cast<std::uint8_t>(~kLeadPositive));
static_assert(kMagnitudeMax - kMagnitudeMin == 0xff);  // so the magnitude is one byte, and every byte is one

}  // namespace

void Number::append_ordered(std::string& out) const {
  if (is_zero()) {
    out.push_back(static_cast<char>(kLeadZero));
    return;
  }
  char digits[kDigitsMax + 2];
  char* end = write_digits(digits, coefficient());
  const int magnitude = exponent_ + static_cast<int>(end - digits) - 1;
  CHECK(magnitude >= kMagnitudeMin && magnitude <= kMagnitudeMax);
  CHECK(end - digits <= kDigitsMax && end[-1] != '0');
  if ((end - digits) % 2 != 0) *end++ = '0';

  char bytes[2 + kDigitsMax / 2];
  char* to = bytes;
  *to++ = static_cast<char>(kLeadPositive);
  *to++ = static_cast<char>(magnitude - kMagnitudeMin);
  for (const char* pair = digits; pair != end; pair += 2) {
    const int value = (pair[0] - '0') * 10 + (pair[1] - '0');
    *to++ = static_cast<char>(2 * value + (pair + 2 != end ? 1 : 0));
  }
  if (negative_) std::transform(bytes, to, bytes, [](char byte) { return static_cast<char>(~byte); });
  out.append(bytes, static_cast<std::size_t>(to - bytes));
}

Result<Number> Number::read_ordered(ByteReader& reader) {
  const auto damaged = [] { return Error::corruption("bytes are no number"); };
  const std::string_view in = reader.rest();
  if (in.empty()) return damaged();
  const auto lead = static_cast<std::uint8_t>(in[0]);
  if (lead == kLeadZero) {
    RETURN_IF_ERROR(reader.bytes(1));
    return Number();
  }
  if (lead != kLeadPositive && lead != kLeadNegative) return damaged();
  if (in.size() < 3) return damaged();
  const std::uint8_t flip = lead == kLeadNegative ? 0xff : 0;
  const int magnitude = static_cast<std::uint8_t>(in[1] ^ flip) + kMagnitudeMin;

  Coefficient coefficient = 0;
  int digits = 0;
  std::size_t at = 2;
  for (bool more = true; more; ++at) {
    if (at == in.size() || digits == kDigitsMax) return damaged();
    const std::uint8_t byte = static_cast<std::uint8_t>(in[at]) ^ flip;
    const unsigned pair = byte >> 1;
    more = (byte & 1) != 0;
    // One number, one spelling: no zeros in front, none but a filler behind.
    if (pair > 99 || (digits == 0 && pair < 10) || (!more && pair == 0)) return damaged();
    const bool filler = !more && pair % 10 == 0;
    coefficient = filler ? coefficient * 10 + pair / 10 : coefficient * 100 + pair;
    digits += filler ? 1 : 2;
  }
  RETURN_IF_ERROR(reader.bytes(at));
  CHECK(coefficient != 0 && digits <= kDigitsMax);
  CHECK(magnitude >= kMagnitudeMin && magnitude <= kMagnitudeMax);

  Number number;
  number.coefficient_high_ = static_cast<std::uint64_t>(coefficient >> 64);
  number.coefficient_low_ = static_cast<std::uint64_t>(coefficient);
  number.exponent_ = static_cast<std::int16_t>(magnitude - digits + 1);
  number.negative_ = lead == kLeadNegative;
  return number;
}

std::size_t Number::dynamodb_size() const {
  if (is_zero()) return 1;
  const int digits = digit_count(coefficient());
  const int whole = exponent_ >= 0 ? digits : std::max(digits + exponent_, 0);
  const int fraction = digits - whole;
  const int bytes = 1 + (whole + 1) / 2 + (fraction + 1) / 2 + (negative_ ? 1 : 0);
  return static_cast<std::size_t>(bytes);
}

}  // namespace gyre
