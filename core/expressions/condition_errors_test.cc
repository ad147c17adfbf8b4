// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

namespace gyre::expressions {
namespace {

/// "" if the expression is fine, else the message without "Invalid ConditionExpression: ".
std::string refusal(const std::string& expression) {
  Placeholders placeholders({{"#a", "a"}, {"#b", "b"}}, {{":s", S("a")},
                                                         {":t", S("b")},
                                                         {":n", N("1")},
                                                         {":b", B("x")},
                                                         {":bool", Bool(true)},
                                                         {":null", Null()},
                                                         {":l", L({})},
                                                         {":m", M({})},
                                                         {":ss", SS({"a"})},
                                                         {":type", S("SS")},
                                                         {":dog", S("DOG")}});
  const Result<Condition> parsed = Condition::parse("ConditionExpression", expression, placeholders);
  if (parsed.ok()) return "";
  EXPECT_EQ(parsed.error().code, ErrorCode::kValidation);
  const std::string prefix = "Invalid ConditionExpression: ";
  EXPECT_TRUE(parsed.error().message.starts_with(prefix)) << parsed.error().message;
  return parsed.error().message.substr(prefix.size());
}

struct Case {
  std::string expression;
  std::string message;
};

void expect_refusals(const std::vector<Case>& cases) {
  for (const Case& one : cases) EXPECT_EQ(refusal(one.expression), one.message) << one.expression;
}

TEST(ConditionErrors, NamesTheParameter) {
  Placeholders placeholders;
  EXPECT_EQ(Condition::parse("FilterExpression", "", placeholders).error().message,
            "Invalid FilterExpression: The expression can not be empty;");
}

TEST(ConditionErrors, SyntaxErrorsShowTheTokenAndItsNeighbours) {
  expect_refusals({
      {"a = = :v", "Syntax error; token: \"=\", near: \"= = :v\""},
      {"a = =", "Syntax error; token: \"=\", near: \"= =\""},
      {"a-b", "Syntax error; token: \"-\", near: \"a-b\""},
      {"a", "Syntax error; token: \"<EOF>\", near: \"a\""},
      {" ", "Syntax error; token: \"<EOF>\", near: \"\""},
      {"contains (a, :s", "Syntax error; token: \"<EOF>\", near: \":s\""},
      {"NOT (#a)", "Syntax error; token: \"<EOF>\", near: \")\""},
      {"a > 4", "Syntax error; token: \"4\", near: \"> 4\""},
      {"!!", "Syntax error; token: \"!\", near: \"!!\""},
      {"_hidden = :s", "Syntax error; token: \"_\", near: \"_hidden\""},
      {"a in ()", "Syntax error; token: \")\", near: \"()\""},
      {"a in b, c", "Syntax error; token: \"b\", near: \"in b,\""},
      {"a in (b,c,)", "Syntax error; token: \")\", near: \",)\""},
      {"a > between", "Syntax error; token: \"between\", near: \"> between\""},
      {"a = (b = c)", "Syntax error; token: \"=\", near: \"b = c\""},
      {"a = b c", "Syntax error; token: \"c\", near: \"b c\""},
      {"a between b", "Syntax error; token: \"<EOF>\", near: \"b\""},
      {"a = b AND", "Syntax error; token: \"<EOF>\", near: \"AND\""},
      {"a AND b = c", "Syntax error; token: \"AND\", near: \"a AND b\""},
      {"a..b = c", "Syntax error; token: \".\", near: \"..b\""},
      {"a[:n] = c", "Syntax error; token: \":n\", near: \"[:n]\""},
      {"a[01] = c", "Syntax error; token: \"1\", near: \"01]\""},
      {"set = :s", "Syntax error; token: \"set\", near: \"set =\""},
      {"a[4.5] = c", "Syntax error; token: \".\", near: \"4.5\""},
      {"a > :n.b", "Syntax error; token: \".\", near: \":n.b\""},
      {"size(a).b > a", "Syntax error; token: \".\", near: \").b\""},
      {"(size(a))[0] > a", "Syntax error; token: \"[\", near: \")[0\""},
      {"(a)between(b.(c.d))and(c)", "Syntax error; token: \"(\", near: \".(c\""},
      {"attribute_exists()", "Syntax error; token: \")\", near: \"()\""},
      {"\xC3\xBC > a", "Syntax error; token: \"\xC3\xBC\", near: \"\xC3\xBC >\""},
  });
}

TEST(ConditionErrors, RedundantParenthesesAreRefused) {
  const std::string message = "The expression has redundant parentheses;";
  for (const char* expression :
       {"((a = b))", "a=a and a > ((b1))", "(a)between(((b.c)).d)and(c)", "a > whatever((:s), ((a)))",
        "a=a AND ((a=a AND a=a)) AND a=a", "a=a OR ((a=a OR (a=a OR a=a)))"}) {
    EXPECT_EQ(refusal(expression), message) << expression;
  }
  for (const char* expression : {"(a = b)", "((a = b) OR (a = c))", "(a) = (b)", "((a).b).c = b",
                                 "(a.b)[0] = b", "(size(a)) > (:n)", "NOT (NOT (a = b))", "((a) = b)"}) {
    EXPECT_EQ(refusal(expression), "") << expression;
  }
}

TEST(ConditionErrors, WronglyUsedFunctionsAreRefused) {
  expect_refusals({
      {"foo(a)", "Invalid function name; function: foo"},
      {"attRIbute_exIsts((views), #a)", "Invalid function name; function: attRIbute_exIsts"},
      {"if_not_exists(a, b) = :s",
       "The function is not allowed in a condition expression; function: if_not_exists"},
      {"size(a)", "The function is not allowed to be used this way in an expression; function: size"},
      {"NOT size(a)", "The function is not allowed to be used this way in an expression; function: size"},
      {"attribute_exists(a) > b",
       "The function is not allowed to be used this way in an expression; function: attribute_exists"},
      {"size(contains(a, b)) > a",
       "The function is not allowed to be used this way in an expression; function: contains"},
      {"a in (b, attribute_exists(c))",
       "The function is not allowed to be used this way in an expression; function: attribute_exists"},
      {"begins_with(a)",
       "Incorrect number of operands for operator or function; operator or function: begins_with, number of "
       "operands: 1"},
      {"size(a, b) > c",
       "Incorrect number of operands for operator or function; operator or function: size, number of "
       "operands: 2"},
      {"attribute_exists(:s)",
       "Operator or function requires a document path; operator or function: attribute_exists"},
      {"attribute_not_exists(size(:s))",
       "Operator or function requires a document path; operator or function: attribute_not_exists"},
  });
}

TEST(ConditionErrors, ReservedWordsAndUndefinedPlaceholdersAreRefused) {
  expect_refusals({
      {"attribute_exists(views)", "Attribute name is a reserved keyword; reserved keyword: views"},
      {":s < a.abOrT", "Attribute name is a reserved keyword; reserved keyword: abOrT"},
      {"attribute_exists(#x.y1)",
       "An expression attribute name used in the document path is not defined; attribute name: #x"},
      {"begins_with(a.#c)",
       "An expression attribute name used in the document path is not defined; attribute name: #c"},
      {"a = :x", "An expression attribute value used in expression is not defined; attribute value: :x"},
      {":x > #y", "An expression attribute value used in expression is not defined; attribute value: :x"},
      {"a[99999999999] = b", "List index is not within the allowable range; index: [99999999999]"},
  });
}

TEST(ConditionErrors, OperandsOfTheWrongTypeAreRefused) {
  const std::string incorrect = "Incorrect operand type for operator or function; operator or function: ";
  expect_refusals({
      {"begins_with(a, :n)", incorrect + "begins_with, operand type: N"},
      {"begins_with(:bool, a)", incorrect + "begins_with, operand type: BOOL"},
      {"begins_with(a, size(b1))", incorrect + "begins_with, operand type: N"},
      {"size(:n) > a", incorrect + "size, operand type: N"},
      {"size(size(a)) > :n", incorrect + "size, operand type: N"},
      {"size(:null) > a", incorrect + "size, operand type: NULL"},
      {"attribute_type(a, :n)", incorrect + "attribute_type, operand type: N"},
      {"attribute_type(a, b)", incorrect + "attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"},
      {"attribute_type(a, :dog)",
       "Invalid attribute type name found; type: DOG, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
      {"a <= :m", incorrect + "<=, operand type: M"},
      {":l < a", incorrect + "<, operand type: L"},
      {"a BETWEEN :l AND :m", incorrect + "BETWEEN, operand type: L"},
      {"a = :m", ""},
      {"a IN (:m, :s, :n)", ""},
      {"attribute_type(:n, :type)", ""},
      {"contains(a, :ss)", ""},
  });
}

TEST(ConditionErrors, BetweenNeedsOrderedBoundsOfOneType) {
  expect_refusals({
      {"a BETWEEN :t AND :s",
       "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
       "operand: "
       "AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}"},
      {"a BETWEEN :n AND :s",
       "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: "
       "AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}"},
      {"a BETWEEN :s AND :s", ""},
      {"a BETWEEN :n AND b1", ""},
  });
}

TEST(ConditionErrors, TheFirstOperandIsDistinct) {
  const std::string distinct =
      "The first operand must be distinct from the remaining operands for this operator or function; "
      "operator: ";
  expect_refusals({
      {"#a = a", distinct + "=, first operand: [a]"},
      {"#a <> a", distinct + "<>, first operand: [a]"},
      {"((a=a) OR (a=a))", distinct + "=, first operand: [a]"},
      {"contains(ab.bc[1].a, ab.bc[1].#a)", distinct + "contains, first operand: [ab, bc, [1], a]"},
      {"a IN (:s, a)", distinct + "IN, first operand: [a]"},
      {":s = :s", ""},
  });
}

TEST(ConditionErrors, ReportsTheErrorThatAwsReportsOfSeveral) {
  expect_refusals({
      {"a=a and whatever((:x)) > a", "Invalid function name; function: whatever"},
      {"a=a and attribute_exists((views), (#x)) > b",
       "The function is not allowed to be used this way in an expression; function: attribute_exists"},
      {"attribute_exists(views, #x)", "Attribute name is a reserved keyword; reserved keyword: views"},
      {"attribute_exists(#x, :x) and a=a",
       "An expression attribute name used in the document path is not defined; attribute name: #x"},
      {"attribute_exists(a, b) and a=a",
       "Incorrect number of operands for operator or function; operator or function: attribute_exists, "
       "number of "
       "operands: 2"},
      {"a = a AND #x = b AND :x > a",
       "The first operand must be distinct from the remaining operands for this operator or function; "
       "operator: =, "
       "first operand: [a]"},
  });
}

TEST(ConditionErrors, SizeIsBounded) {
  const std::string longest = "a = :s" + std::string(limits::kExpressionBytesMax - 6, ' ');
  EXPECT_EQ(refusal(longest), "");
  EXPECT_EQ(refusal(longest + " "),
            "Expression size has exceeded the maximum allowed size; expression size: 4097");
  const auto in = [](std::size_t operands) {
    std::string text = "a IN (:s";
    for (std::size_t i = 1; i < operands; ++i) text += ",:s";
    return text + ")";
  };
  EXPECT_EQ(refusal(in(limits::kInOperandsMax)), "");
  EXPECT_EQ(refusal(in(limits::kInOperandsMax + 1)),
            "The IN operator is provided with too many operands; number of operands: 101");
  std::string steps = "a";
  for (int i = 1; i < limits::kNestingLevelsMax; ++i) steps += "[0]";
  EXPECT_EQ(refusal(steps + " = :s"), "");
  EXPECT_EQ(refusal(steps + "[0] = :s"), "The document path has too many nesting levels; nesting levels: 33");
}

TEST(ConditionErrors, OperatorsAreBounded) {
  const auto chain = [](int comparisons) {
    std::string text = "a<b";
    for (int i = 1; i < comparisons; ++i) text += " or a<b";
    return text;
  };
  EXPECT_EQ(refusal(chain(150)), "");  // 150 comparisons and 149 ORs
  EXPECT_EQ(refusal(chain(151)), "The expression contains too many operators; operator count: 301");
}

TEST(ConditionErrors, NestingIsBounded) {
  const auto repeat = [](const std::string& text, int count) {
    std::string result;
    for (int i = 0; i < count; ++i) result += text;
    return result;
  };
  const auto nested = [&](int depth) { return "a<b " + repeat("or (a<b ", depth) + repeat(")", depth); };
  EXPECT_EQ(refusal(nested(149)), "");
  EXPECT_EQ(refusal(repeat("attribute_exists(a) or ", 149) + "attribute_exists(a)"), "");
  EXPECT_EQ(refusal(nested(454)), "The expression contains too many operators; operator count: 301");
  EXPECT_EQ(refusal(repeat("NOT (", 160) + "a = b" + repeat(")", 160)), "");
  EXPECT_EQ(refusal(repeat("not ", 1000) + "a<b"),
            "The expression contains too many operators; operator count: 301");
  EXPECT_EQ(refusal(repeat("(", 2046) + "a<b" + repeat(")", 2046)),
            "The expression has redundant parentheses;");
  EXPECT_NE(refusal(std::string(limits::kExpressionBytesMax, '(')), "");
  EXPECT_NE(refusal("a < " + repeat("size(", 680) + "b" + repeat(")", 680)), "");
}

}  // namespace
}  // namespace gyre::expressions
