// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

namespace gyre::expressions {
namespace {

/// "" if the expression is fine, else the message without "Invalid UpdateExpression: ".
std::string refusal(const std::string& expression) {
  Placeholders placeholders({{"#a", "a"}, {"#c", "c"}, {"#d", "[3]"}}, {{":s", S("a")},
                                                                        {":n", N("1")},
                                                                        {":b", B("x")},
                                                                        {":bool", Bool(true)},
                                                                        {":null", Null()},
                                                                        {":l", L({})},
                                                                        {":m", M({})},
                                                                        {":ss", SS({"a"})},
                                                                        {":ns", NS({"1"})}});
  const Result<Update> parsed = Update::parse(expression, placeholders);
  if (parsed.ok()) return "";
  EXPECT_EQ(parsed.error().code, ErrorCode::kValidation);
  const std::string prefix = "Invalid UpdateExpression: ";
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

TEST(UpdateErrors, SyntaxErrorsShowTheTokenAndItsNeighbours) {
  expect_refusals({
      {"", "The expression can not be empty;"},
      {"INVALID SYNTAX HERE", "Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\""},
      {"ADD hits : incr", "Syntax error; token: \":\", near: \"hits : incr\""},
      {"SET _id = :s", "Syntax error; token: \"_\", near: \"SET _id\""},
      {"SET a = :s,", "Syntax error; token: \"<EOF>\", near: \",\""},
      {"set a", "Syntax error; token: \"<EOF>\", near: \"a\""},
      {"set a=set", "Syntax error; token: \"set\", near: \"=set\""},
      {"set a[1] = 1", "Syntax error; token: \"1\", near: \"= 1\""},
      {"set a = b + c + d", "Syntax error; token: \"+\", near: \"c + d\""},
      {"set a = (b + c) + d", "Syntax error; token: \"+\", near: \") + d\""},
      {"set a = (b.c).d + e", "Syntax error; token: \".\", near: \").d\""},
      {"set a = if_not_exists(b, :n + :n)", "Syntax error; token: \"+\", near: \":n + :n\""},
      {"set a = b * c", "Syntax error; token: \"*\", near: \"b * c\""},
      {"set if_not_exists(a, b) = a", "Syntax error; token: \"(\", near: \"if_not_exists(a\""},
      {"set (a = (b + c))", "Syntax error; token: \"(\", near: \"set (a\""},
      {"set :s = b", "Syntax error; token: \":s\", near: \"set :s =\""},
      {"remove a = b", "Syntax error; token: \"=\", near: \"a = b\""},
      {"remove a b", "Syntax error; token: \"b\", near: \"a b\""},
      {"add a b", "Syntax error; token: \"b\", near: \"a b\""},
      {"add a if_not_exists(b, :n)", "Syntax error; token: \"if_not_exists\", near: \"a if_not_exists(\""},
      {"delete a = b", "Syntax error; token: \"=\", near: \"a = b\""},
  });
}

TEST(UpdateErrors, AcceptsTheWholeGrammar) {
  for (const char* expression :
       {"set a = b", "SET a = (b + c)", "set a = ((b.c.d)+(e))",
        "set a=:n-b1 remove c add d :n, e :ss delete f :ns", "SET a = if_not_exists(a, b) + b",
        "SET a = if_not_exists(a, if_not_exists(a, :n))", "SET a = list_append(if_not_exists(a, :l), :l)",
        "SET #a[0].b = (:s), c.d[1] = a.#d[2]"}) {
    EXPECT_EQ(refusal(expression), "") << expression;
  }
  EXPECT_EQ(refusal("SET a = ((:n))"), "The expression has redundant parentheses;");
}

TEST(UpdateErrors, ReservedWordsAndUndefinedPlaceholdersAreRefused) {
  expect_refusals({
      {"SET name = :s", "Attribute name is a reserved keyword; reserved keyword: name"},
      {" remove Absolute ", "Attribute name is a reserved keyword; reserved keyword: Absolute"},
      {"SET a = b.views", "Attribute name is a reserved keyword; reserved keyword: views"},
      {"SET #x = :s",
       "An expression attribute name used in the document path is not defined; attribute name: #x"},
      {"SET a = :x", "An expression attribute value used in expression is not defined; attribute value: :x"},
      {"ADD a :x", "An expression attribute value used in expression is not defined; attribute value: :x"},
  });
}

TEST(UpdateErrors, EachSectionComesOnce) {
  const std::string once = "section can only be used once in an update expression;";
  expect_refusals({
      {"SET a = b SET c = d", "The \"SET\" " + once},
      {"remove d set a = b remove e", "The \"REMOVE\" " + once},
      {"add d :n set a = b add e :n", "The \"ADD\" " + once},
      {"delete d :ss set a = b delete e :ss", "The \"DELETE\" " + once},
  });
}

TEST(UpdateErrors, OverlappingAndConflictingPathsAreRefused) {
  const auto paths = [](const std::string& how, const std::string& one, const std::string& two) {
    return "Two document paths " + how +
           " with each other; must remove or rewrite one of these paths; path one: " + one +
           ", path two: " + two;
  };
  expect_refusals({
      {"SET a = :s, a.b1 = :s", paths("overlap", "[a]", "[a, b1]")},
      {"set d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a, b)", paths("overlap", "[c, [1], a]", "[c]")},
      {"set c.b.#c = a, c = a, #d = a", paths("overlap", "[c, b, c]", "[c]")},
      {"set a = b remove a, #c", paths("overlap", "[a]", "[a]")},
      {"set #c[3].#d = a, #c[3] = a", paths("overlap", "[c, [3], [3]]", "[c, [3]]")},
      {"remove a.#c set a[1] = #d", paths("conflict", "[a, c]", "[a, [1]]")},
      {"set a.b = :s, a.c = :s, a.d[0] = :s, a.d[1] = :s", ""},
      {"set a = b, b = a", ""},
  });
}

TEST(UpdateErrors, WronglyUsedFunctionsAreRefused) {
  expect_refusals({
      {"set a = f(b, c)", "Invalid function name; function: f"},
      {"set a = LIST_APPEND(:l, :l)", "Invalid function name; function: LIST_APPEND"},
      {"set a = size(b)", "The function is not allowed in an update expression; function: size"},
      {"set a = list_append(:l)",
       "Incorrect number of operands for operator or function; operator or function: list_append, number of "
       "operands: "
       "1"},
      {"set a = if_not_exists(:s, c)",
       "Operator or function requires a document path; operator or function: if_not_exists"},
      {"set a = if_not_exists(if_not_exists(a, b), c)",
       "Operator or function requires a document path; operator or function: if_not_exists"},
      {"set a = list_append(list_append(:l, :l), :l)",
       "The function is not allowed to be used this way in an expression; function: list_append"},
  });
}

TEST(UpdateErrors, OperandsOfTheWrongTypeAreRefused) {
  const std::string function = "Incorrect operand type for operator or function; operator or function: ";
  const std::string section = "Incorrect operand type for operator or function; operator: ";
  expect_refusals({
      {"set a = list_append(:s, a)", function + "list_append, operand type: S"},
      {"set a = list_append(a, :ns)", function + "list_append, operand type: NS"},
      {"set a = a + :s", function + "+, operand type: S"},
      {"set a = :m - a", function + "-, operand type: M"},
      {"add a :s", section + "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"add a.b :null", section + "ADD, operand type: NULL, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"add a :bool", section + "ADD, operand type: BOOLEAN, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"add a :b", section + "ADD, operand type: BINARY, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"add a :m", section + "ADD, operand type: MAP, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"add a :l", section + "ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"delete a :n", section + "DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
      {"set b = list_append(:s, a), c = if_not_exists(a) add a.b :s",
       section + "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
  });
}

TEST(UpdateErrors, ReportsTheErrorThatAwsReportsOfSeveral) {
  expect_refusals({
      {" set #x = :x set abOrt = f(a) ", "Attribute name is a reserved keyword; reserved keyword: abOrt"},
      {"set #x = if_not_exist(:x) set c = d", "Invalid function name; function: if_not_exist"},
      {"set a = #x set c = :x", "The \"SET\" section can only be used once in an update expression;"},
      {"SET a = :x, #x = if_not_exists(:x)",
       "An expression attribute name used in the document path is not defined; attribute name: #x"},
      {"SET a = #x, b = :x",
       "An expression attribute name used in the document path is not defined; attribute name: #x"},
      {"SET a = #x, a = :x",
       "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
       "[a], "
       "path two: [a]"},
      {"SET a = if_not_exists(b), c = list_append(b)",
       "Incorrect number of operands for operator or function; operator or function: list_append, number of "
       "operands: 1"},
  });
}

TEST(UpdateErrors, SizeAndOperatorsAreBounded) {
  const std::string longest = "SET a = :s" + std::string(limits::kExpressionBytesMax - 10, ' ');
  EXPECT_EQ(refusal(longest), "");
  EXPECT_EQ(refusal(longest + " "), "Expression size has exceeded the maximum allowed size;");
  const auto sums = [](int count) {
    std::string text = "SET a0=:n+:n";
    for (int i = 1; i < count; ++i) text += ",a" + std::to_string(i) + "=:n+:n";
    return text;
  };
  EXPECT_EQ(refusal(sums(300)), "");
  EXPECT_EQ(refusal(sums(301)), "The expression contains too many operators; operator count: 301");
  const auto calls = [](int depth) {
    std::string text = "SET a = ";
    for (int i = 0; i < depth; ++i) text += "if_not_exists(a,";
    return text + ":n" + std::string(static_cast<std::size_t>(depth), ')');
  };
  EXPECT_EQ(refusal(calls(200)), "");
  EXPECT_NE(refusal("SET a = " + std::string(4000, '(')), "");
}

}  // namespace
}  // namespace gyre::expressions
