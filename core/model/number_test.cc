// SPDX-License-Identifier: Apache-2.0
#include "core/model/number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <limits>
#include <string>

#include "core/model/arbitrary_test.h"

namespace gyre {
namespace {

using boost::multiprecision::cpp_int;
using ::testing::ElementsAre;

Number number(std::string_view text) {
  return Number::parse(text).value();
}

std::string text_of(std::string_view text) {
  return number(text).to_string();
}

std::string parse_error(std::string_view text) {
  const Result<Number> result = Number::parse(text);
  if (result.ok()) return "parsed as " + result->to_string();
  EXPECT_EQ(result.error().code, ErrorCode::kValidation);
  return result.error().message;
}

std::string ordered(const Number& value) {
  std::string out;
  value.append_ordered(out);
  return out;
}

constexpr const char* kTooManyDigits = "Attempting to store more than 38 significant digits in a Number";
constexpr const char* kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr const char* kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";

// The exact value in units of 10^-170, finer than any number's last digit.
constexpr int kUnit = 170;
cpp_int oracle(const arbitrary::NumberParts& parts) {
  const int exponent = parts.magnitude - static_cast<int>(parts.digits.size()) + 1;
  const cpp_int value = cpp_int(parts.digits) * pow(cpp_int(10), static_cast<unsigned>(exponent + kUnit));
  return parts.negative ? cpp_int(-value) : value;
}

// What exact arithmetic and DynamoDB's limits make of a value in units: its text, or the message that refuses
// it.
std::string judge(const cpp_int& value) {
  if (value == 0) return "0";
  std::string digits = cpp_int(abs(value)).str();
  const int magnitude = static_cast<int>(digits.size()) - 1 - kUnit;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (magnitude > 125) return kOverflow;
  if (magnitude < -130) return kUnderflow;
  if (digits.size() > 38) return kOverflow;
  std::string text;
  if (magnitude < 0) {
    text = "0." + std::string(static_cast<std::size_t>(-magnitude - 1), '0') + digits;
  } else {
    const auto whole = static_cast<std::size_t>(magnitude) + 1;
    text = digits.size() <= whole ? digits + std::string(whole - digits.size(), '0')
                                  : digits.substr(0, whole) + "." + digits.substr(whole);
  }
  return (value < 0 ? "-" : "") + text;
}

std::string outcome(const Result<Number>& result) {
  return result.ok() ? result->to_string() : result.error().message;
}

TEST(Number, ParsesEverySpellingOfAValueToOneText) {
  for (const char* text : {"0", "-0", "0.00", "+0", "0e125", "0e-130", "000"})
    EXPECT_EQ(text_of(text), "0") << text;
  for (const char* text : {"150", "+150", "1.5e2", "15E1", "00150.000", "150.", "1500e-1", ".15E+3"}) {
    EXPECT_EQ(text_of(text), "150") << text;
  }
  EXPECT_EQ(text_of("-3.14159"), "-3.14159");
  EXPECT_EQ(text_of("1e-3"), "0.001");
  EXPECT_EQ(text_of("1E125"), "1" + std::string(125, '0'));
  EXPECT_EQ(text_of("1E-130"), "0." + std::string(129, '0') + "1");
  EXPECT_EQ(text_of("1" + std::string(1000, '0') + "e-1000"), "1");
  EXPECT_EQ(text_of("0." + std::string(1000, '0') + "1e1001"), "1");
}

TEST(Number, KeepsThirtyEightDigitsAndRefusesMore) {
  const std::string most(38, '9');
  EXPECT_EQ(text_of(most), most);
  EXPECT_EQ(text_of("-0." + most), "-0." + most);
  EXPECT_EQ(text_of("1234567890123456789.0123456789012345678"), "1234567890123456789.0123456789012345678");
  EXPECT_EQ(text_of(most + "000"), most + "000");
  EXPECT_EQ(parse_error(most + "1"), kTooManyDigits);
  EXPECT_EQ(parse_error("1" + std::string(37, '0') + ".1"), kTooManyDigits);
}

TEST(Number, RefusesMagnitudesOutsideTheRange) {
  EXPECT_TRUE(Number::parse("9.9999999999999999999999999999999999999E+125").ok());
  EXPECT_TRUE(Number::parse("-9.9999999999999999999999999999999999999E+125").ok());
  EXPECT_EQ(parse_error("1E126"), kOverflow);
  EXPECT_EQ(parse_error("-1E126"), kOverflow);
  EXPECT_EQ(parse_error("1e2147483648"), kOverflow);
  EXPECT_EQ(parse_error("1e9223372036854775807"), kOverflow);
  EXPECT_EQ(parse_error("1E-131"), kUnderflow);
  EXPECT_EQ(parse_error("9.99E-131"), kUnderflow);
  EXPECT_EQ(parse_error("1e-9223372036854775807"), kUnderflow);
  EXPECT_EQ(parse_error("0e126"), kOverflow);
  EXPECT_EQ(parse_error("0e-131"), kUnderflow);
}

TEST(Number, IsRefusedInOlderWordsAsJavaReadsNumbers) {
  const auto older = [](std::string_view text) { return Number::parse(text).error().older_words(); };
  const std::string not_a_number = "The parameter cannot be converted to a numeric value";
  EXPECT_EQ(older(""), not_a_number);
  EXPECT_EQ(older("abc"), not_a_number + ": abc");
  EXPECT_EQ(older("1e126"), kOverflow);
  EXPECT_EQ(older("-1E+126"), kOverflow);
  EXPECT_EQ(older("1e-131"), kUnderflow);
  EXPECT_EQ(older("1e2147483646"), kOverflow);
  for (const char* wraps : {"1e2147483647", "-1e2147483647", "1e-2147483647"}) {
    EXPECT_EQ(older(wraps), kUnderflow) << wraps;
  }
  for (const char* text :
       {"1e2147483648", "1e-2147483648", "1e99999999999", "-1e-99999999999", "1.5e-2147483647"}) {
    EXPECT_EQ(older(text), not_a_number + ": " + text);
  }
}

TEST(Number, RefusesTextThatIsNoNumber) {
  EXPECT_EQ(parse_error("abc"), "The parameter cannot be converted to a numeric value: abc");
  EXPECT_EQ(parse_error(""), "The parameter cannot be converted to a numeric value: ");
  for (const char* text : {"-",     "+",     ".",   "1.2.3",    "1e",
                           "1e+",   "e5",    "--1", "1-",       " 1",
                           "1 ",    "0x10",  "NaN", "Infinity", "1e9223372036854775808",
                           "1e-+1", "1_000", "1,5", "1e5.0",    "٣"}) {
    EXPECT_EQ(parse_error(text),
              std::string("The parameter cannot be converted to a numeric value: ") + text);
  }
}

TEST(Number, ConvertsFromAndToEveryInt64) {
  for (const std::int64_t value :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), std::int64_t{0},
        std::int64_t{-1}, std::int64_t{1'000'000}}) {
    EXPECT_EQ(Number::from_int(value).to_string(), std::to_string(value));
    EXPECT_EQ(Number::from_int(value).to_int().value(), value);
    EXPECT_EQ(number(std::to_string(value)), Number::from_int(value));
  }
}

TEST(Number, HasNoInt64OutsideItsRange) {
  for (const char* text :
       {"9223372036854775808", "-9223372036854775809", "1e19", "1e125", "0.5", "-1.1", "1e-130"}) {
    EXPECT_FALSE(number(text).to_int().ok()) << text;
  }
}

TEST(Number, CostsWhatDynamoDbCharges) {
  const std::pair<const char*, std::size_t> costs[] = {
      {"0", 1},     {"1", 2},     {"-1", 3},   {"3.14159", 5}, {"123456", 4}, {"1E125", 2},
      {"100.5", 4}, {"0.001", 2}, {"1.05", 3}, {"-12", 3},     {"1E-130", 2}};
  for (const auto& [text, cost] : costs) EXPECT_EQ(number(text).dynamodb_size(), cost) << text;
}

TEST(Number, OrderedBytesAreTheDocumentedOnes) {
  const auto bytes = [](std::string_view text) {
    std::vector<int> values;
    for (const char byte : ordered(number(text))) values.push_back(static_cast<unsigned char>(byte));
    return values;
  };
  EXPECT_THAT(bytes("0"), ElementsAre(0x7f));
  EXPECT_THAT(bytes("1"), ElementsAre(0x82, 130, 20));
  EXPECT_THAT(bytes("-1"), ElementsAre(0x7d, 125, 235));
  EXPECT_THAT(bytes("123.4"), ElementsAre(0x82, 132, 25, 68));
}

TEST(Number, OrderedBytesSortAsTheNumbersDo) {
  const char* rising[] = {"-9E125", "-101",    "-100.5", "-100",   "-11",  "-10",  "-1",
                          "-0.5",   "-1E-130", "0",      "1E-130", "0.05", "0.5",  "1",
                          "9",      "10",      "10.01",  "11",     "100",  "1E125"};
  for (std::size_t i = 1; i < std::size(rising); ++i) {
    EXPECT_LT(number(rising[i - 1]), number(rising[i])) << rising[i];
    EXPECT_LT(ordered(number(rising[i - 1])), ordered(number(rising[i]))) << rising[i];
  }
}

TEST(Number, EveryPairComparesAsTheExactValuesDoAndSoDoItsBytes) {
  EXPECT_TRUE(rc::check([] {
    const int reach = *rc::gen::element(2, 130);
    const arbitrary::NumberParts a = arbitrary::number_parts(reach);
    const arbitrary::NumberParts b = *rc::gen::inRange(0, 10) == 0 ? a : arbitrary::number_parts(reach);
    const int expected = oracle(a).compare(oracle(b));
    const Number left = number(a.text());
    const Number right = number(b.text());
    const auto sign = [](auto order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
    RC_ASSERT(sign(left <=> right) == sign(expected));
    RC_ASSERT((left == right) == (expected == 0));
    RC_ASSERT(sign(ordered(left).compare(ordered(right))) == sign(expected));
  }));
}

TEST(Number, EveryNumberComesBackFromItsTextAndItsOrderedBytes) {
  EXPECT_TRUE(rc::check([] {
    const arbitrary::NumberParts parts = arbitrary::number_parts(130);
    const Number value = number(parts.text());
    RC_ASSERT(value.to_string() == judge(oracle(parts)));
    RC_ASSERT(number(value.to_string()) == value);
    const std::string bytes = ordered(value) + "rest";
    ByteReader reader(bytes);
    RC_ASSERT(Number::read_ordered(reader).value() == value);
    RC_ASSERT(reader.rest() == "rest");
  }));
}

TEST(Number, SumsAndDifferencesAreExactOrRefused) {
  EXPECT_TRUE(rc::check([] {
    const int reach = *rc::gen::element(1, 20, 130);
    const arbitrary::NumberParts a = arbitrary::number_parts(reach);
    const arbitrary::NumberParts b = arbitrary::number_parts(reach);
    const Number left = number(a.text());
    const Number right = number(b.text());
    RC_ASSERT(outcome(Number::add(left, right)) == judge(oracle(a) + oracle(b)));
    RC_ASSERT(outcome(Number::subtract(left, right)) == judge(oracle(a) - oracle(b)));
  }));
}

TEST(Number, SumsAtTheEdgesOfTheRange) {
  const std::string nines(38, '9');
  EXPECT_EQ(outcome(Number::subtract(number("1e38"), number("1"))), nines);
  EXPECT_EQ(outcome(Number::subtract(number("11e37"), number("2" + std::string(36, '0') + "1"))),
            "8" + std::string(36, '9') + "9");
  EXPECT_EQ(outcome(Number::subtract(number("11e37"), number("10000000000000000000000000000000000001"))),
            "99" + std::string(36, '9'));
  EXPECT_EQ(outcome(Number::subtract(number("21e37"), number(nines))), kOverflow);
  EXPECT_EQ(outcome(Number::add(number(nines), number("1"))), "1" + std::string(38, '0'));
  EXPECT_EQ(outcome(Number::add(number(nines), number("2"))), kOverflow);
  EXPECT_EQ(outcome(Number::add(number("1e125"), number("1e-130"))), kOverflow);
  EXPECT_EQ(outcome(Number::add(number("9e125"), number("1e125"))), kOverflow);
  EXPECT_EQ(outcome(Number::subtract(number("1.5e-130"), number("1.4e-130"))), kUnderflow);
  EXPECT_EQ(outcome(Number::subtract(number("-7"), number("-7"))), "0");
  EXPECT_EQ(outcome(Number::subtract(number("0"), number("7"))), "-7");
}

TEST(Number, ReadsOnlyTheCanonicalSpelling) {
  const auto refused = [](std::string bytes) {
    ByteReader reader(bytes);
    const Result<Number> result = Number::read_ordered(reader);
    return !result.ok() && result.error().code == ErrorCode::kCorruption;
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("\x80"));                                         // unknown lead
  EXPECT_TRUE(refused("\x82\x82"));                                     // no digits
  EXPECT_TRUE(refused("\x82\x82\x15"));                                 // ends before the last digits
  EXPECT_TRUE(refused(std::string("\x82\x82\x00", 3)));                 // no digit but zeros
  EXPECT_TRUE(refused("\x82\x82\x02"));                                 // a zero in front
  EXPECT_TRUE(refused(std::string("\x82\x82\x15\x00", 4)));             // zeros behind
  EXPECT_TRUE(refused("\x82\x82\xc8"));                                 // a pair of 100
  EXPECT_TRUE(refused("\x82\x82" + std::string(19, '\x15') + "\x14"));  // 40 digits
}

TEST(Number, AnyBytesAreReadOrRefusedAndWhatIsReadIsWrittenAlike) {
  EXPECT_TRUE(rc::check([] {
    std::string bytes = *rc::gen::arbitrary<std::string>();
    bytes.insert(0, 1, *rc::gen::element('\x7d', '\x7f', '\x82', '\x00'));
    ByteReader reader(bytes);
    const Result<Number> value = Number::read_ordered(reader);
    if (!value.ok()) return;
    RC_ASSERT(ordered(*value) == bytes.substr(0, bytes.size() - reader.rest().size()));
  }));
}

}  // namespace
}  // namespace gyre
