// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/fold_case.h"

#include <gtest/gtest.h>

#include <map>

namespace gyre::streams {
namespace {

TEST(FoldCase, LettersOfSeveralAlphabetsAreEqualInEitherCase) {
  for (const auto& [upper, lower] : std::map<std::string_view, std::string_view>{{"ABC-Z", "abc-z"},
                                                                                 {"ÄÖÜÞ", "äöüþ"},
                                                                                 {"ĀŁŹŸ", "āłźÿ"},
                                                                                 {"ΑΩΆΏ", "αωάώ"},
                                                                                 {"ЁЖЯ", "ёжя"},
                                                                                 {"Ա", "ա"},
                                                                                 {"ＡＺ", "ａｚ"}}) {
    EXPECT_TRUE(equal_ignoring_case(upper, lower)) << upper;
    EXPECT_TRUE(starts_with_ignoring_case(std::string(upper) + "1", lower)) << upper;
    EXPECT_TRUE(ends_with_ignoring_case("1" + std::string(lower), upper)) << upper;
    EXPECT_FALSE(equal_ignoring_case(std::string(upper) + "1", lower)) << upper;
    EXPECT_FALSE(equal_ignoring_case(upper, std::string(lower) + "1")) << upper;
  }
}

TEST(FoldCase, OtherCharactersAreEqualToThemselvesOnly) {
  EXPECT_FALSE(equal_ignoring_case("×", "÷"));  // between the Latin letters, but none
  EXPECT_FALSE(equal_ignoring_case("@[`{", "`{@["));
  EXPECT_TRUE(equal_ignoring_case("漢字", "漢字"));
  EXPECT_FALSE(ends_with_ignoring_case("字", "漢字"));
}

TEST(FoldCase, IsDoneOnceAndForAll) {
  for (char32_t character = 0; character < 0x11000; ++character) {
    EXPECT_EQ(fold_case(fold_case(character)), fold_case(character)) << std::hex << std::uint32_t{character};
  }
}

TEST(FoldCase, BytesThatAreNoCharactersAreEqualToThemselvesOnly) {
  EXPECT_TRUE(equal_ignoring_case("\xff\xc3", "\xff\xc3"));
  EXPECT_FALSE(equal_ignoring_case("\xff", "\xfe"));
  EXPECT_FALSE(equal_ignoring_case("\xc3", "\xc3\xa4"));
  EXPECT_TRUE(ends_with_ignoring_case("A\x80", "a\x80"));
  EXPECT_FALSE(ends_with_ignoring_case("\xc3\xa4", "\xa4"));  // half a letter
}

}  // namespace
}  // namespace gyre::streams
