// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

#include <gtest/gtest.h>

#include <string>

namespace gyre {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error::validation("odd");
  return value / 2;
}

Result<int> quarter(int value) {
  ASSIGN_OR_RETURN(const int once, half(value));
  return half(once);
}

Status both_even(int a, int b) {
  RETURN_IF_ERROR(half(a));
  RETURN_IF_ERROR(half(b));
  return {};
}

TEST(Result, CarriesValueOrErrorThroughTheMacros) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().message, "odd");
  EXPECT_TRUE(both_even(2, 4).ok());
  EXPECT_EQ(both_even(2, 3).error().code, ErrorCode::kValidation);
}

TEST(ResultDeathTest, ReadingTheValueOfAnErrorEndsTheProcess) {
  EXPECT_DEATH(half(3).value(), "odd");
}

}  // namespace
}  // namespace gyre
