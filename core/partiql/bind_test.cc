// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/bind.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"
#include "core/partiql/parser.h"

namespace gyre::partiql {
namespace {

using expressions::Bool;
using expressions::L;
using expressions::M;
using expressions::N;
using expressions::NS;
using expressions::Null;
using expressions::S;
using expressions::SS;

Result<BoundStatement> bound(std::string_view text, const Parameters& parameters = {}) {
  ASSIGN_OR_RETURN(const Statement statement, parse_statement(text));
  return bind(statement, parameters);
}

/// The error's message; empty if there is none.
std::string refusal(std::string_view text, const Parameters& parameters = {}) {
  const Result<BoundStatement> statement = bound(text, parameters);
  return statement.ok() ? "" : statement.error().message;
}

const Item kItem = {{"pk", S("k")},
                    {"ss", SS({"a", "b"})},
                    {"s", S("str")},
                    {"n", N("1")},
                    {"yes", Bool(true)},
                    {"nul", Null()},
                    {"l", L({N("1"), S("x")})},
                    {"m", M({{"sub", S("x")}})}};

bool holds(const std::string& condition, const Parameters& parameters = {}) {
  Result<BoundStatement> statement = bound("SELECT * FROM t WHERE " + condition, parameters);
  EXPECT_TRUE(statement.ok()) << condition << ": " << (statement.ok() ? "" : statement.error().message);
  if (!statement.ok()) return false;
  const auto where = expressions::Condition::of(*std::get<BoundSelect>(std::move(*statement)).where);
  return *where.evaluate(&kItem);
}

TEST(Bind, ConditionsMeanWhatTheySay) {
  for (const std::string condition :
       {"s = 'str'", "'str' = s", "s <> 'x'", "s != 'x'", "n < 2", "n >= 1.0", "n BETWEEN 0 AND +5",
        "n IN [1, 2]", "n IN (1)", "NOT n IN [2]", "n NOT BETWEEN 5 AND 6", "ss = <<'b', 'a'>>",
        "l = [1, 'x']", "m = {'sub': 'x'}", "m.sub = 'x'", "l[0] = 1", "m['sub'] = 'x'", "nope IS MISSING",
        "s IS NOT MISSING", "nul IS NULL", "s IS NOT NULL", "yes IS BOOL", "s IS STRING", "ss IS BAG",
        "m IS STRUCT", "n IS INT", "begins_with(s, 'st')", "Contains(ss, 'a')", "size(s) = 3",
        "attribute_type(ss, 'SS')", "ATTRIBUTE_EXISTS(m.sub)", "attribute_not_exists(nope)", "nul = NULL",
        "yes = TRUE",
        // A condition may be compared as the boolean that it is.
        "attribute_exists(nope) = false", "true = attribute_exists(n)", "attribute_exists(n) <> 1",
        "(n BETWEEN 0 AND 5) = true", "(n = 5 OR s = 'x') = false", "attribute_exists(nope) IN [true, false]",
        "attribute_exists(n) = attribute_exists(s)", "attribute_exists(n) = yes"}) {
    EXPECT_TRUE(holds(condition)) << condition;
  }
  for (const std::string condition :
       {"s = 'x'", "n > 1", "l = ['x', 1]", "nope IS NULL", "s IS NULL", "s IS BOOL", "n IN []",
        "attribute_exists(n) = 1", "NOT attribute_exists(n) = true", "attribute_exists(n) = s",
        "(attribute_exists(n) = true) = false", "nope = 1", "s < 5"}) {
    EXPECT_FALSE(holds(condition)) << condition;
  }
}

TEST(Bind, ParametersTakeTheirPlaces) {
  EXPECT_TRUE(holds("s = ? AND n = ?", {S("str"), N("1")}));
  EXPECT_FALSE(holds("s = ? AND n = ?", {N("1"), S("str")}));
  EXPECT_TRUE(holds("n IN [?, 5]", {N("1")}));
  EXPECT_TRUE(holds("n IN ?", {L({N("1")})}));
  for (const Parameters& parameters : {Parameters{}, Parameters{S("a"), S("b")}}) {
    EXPECT_EQ(refusal("SELECT * FROM t WHERE a = ?", parameters),
              "Number of parameters in request and statement don't match.");
  }
  EXPECT_EQ(refusal("SELECT * FROM t", {S("a")}),
            "Number of parameters in request and statement don't match.");
}

TEST(Bind, AStatementMayBeBoundAgain) {
  const Result<Statement> statement = parse_statement("SELECT * FROM t WHERE s = ?");
  for (const std::string text : {"a", "b"}) {
    const Result<BoundStatement> select = bind(*statement, {S(text)});
    EXPECT_EQ(std::get<BoundSelect>(*select).where->values, expressions::Values({S(text)}));
  }
}

TEST(Bind, InsertReadsEveryLiteral) {
  const Result<BoundStatement> insert = bound(
      "INSERT INTO t VALUE {'s': 'it''s', 'n': -1.5e-3, 'zero': -0, 'yes': TRUE, 'nul': NULL, 'l': [1, []], "
      "'m': {'x': {'y': 2}}, 'ss': <<'b', 'a'>>, 'ns': <<1, 34, 4.5>>, 'p': ?}",
      {S("param")});
  ASSERT_TRUE(insert.ok()) << insert.error().message;
  EXPECT_EQ(std::get<BoundInsert>(*insert).item, (Item{{"s", S("it's")},
                                                       {"n", N("-0.0015")},
                                                       {"zero", N("0")},
                                                       {"yes", Bool(true)},
                                                       {"nul", Null()},
                                                       {"l", L({N("1"), L({})})},
                                                       {"m", M({{"x", M({{"y", N("2")}})}})},
                                                       {"ss", SS({"a", "b"})},
                                                       {"ns", NS({"1", "34", "4.5"})},
                                                       {"p", S("param")}}));
  EXPECT_EQ(std::get<BoundInsert>(*bound("INSERT INTO t VALUE ?", {M(kItem)})).item, kItem);
}

TEST(Bind, UpdatesWriteWhatTheySay) {
  Result<BoundStatement> statement = bound(
      "UPDATE t SET n = n + 100 SET m.fresh = [1] SET l = LIST_APPEND(l, [2]) SET ss = SET_ADD(ss, <<'c'>>) "
      "SET added = set_add(added, ?) REMOVE s SET gone = set_delete(gone, <<1>>) SET copy = yes, calc = n - "
      "- 2",
      {SS({"p"})});
  ASSERT_TRUE(statement.ok()) << statement.error().message;
  const auto update = expressions::Update::of(std::get<BoundUpdate>(std::move(*statement)).update);
  const Result<Item> after = update.apply(kItem);
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_EQ(*after, (Item{{"pk", S("k")},
                          {"ss", SS({"a", "b", "c"})},
                          {"n", N("101")},
                          {"yes", Bool(true)},
                          {"nul", Null()},
                          {"l", L({N("1"), S("x"), N("2")})},
                          {"m", M({{"sub", S("x")}, {"fresh", L({N("1")})}})},
                          {"added", SS({"p"})},
                          {"copy", Bool(true)},
                          {"calc", N("3")}}));
}

TEST(Bind, ColumnsAreNamedByTheirLastStep) {
  const Result<BoundStatement> select = bound("SELECT pk, m.sub, l[1], nope FROM t");
  EXPECT_EQ(std::get<BoundSelect>(*select).columns->apply(kItem),
            (Item{{"pk", S("k")}, {"sub", S("x")}, {"l[1]", S("x")}}));
}

struct Case {
  std::string text;
  std::string message;
};

// Most measured on AWS by third parties.
TEST(Bind, RefusesConditionsAsAwsDoes) {
  const std::string where = "SELECT * FROM t WHERE ";  // 22 characters
  const Case cases[] = {
      {"attribute_exists('s')",
       "Operator or function requires a document path; operator or function: attribute_exists"},
      {"attribute_exists()",
       "Incorrect number of operands for operator or function; operator or function: attribute_exists, "
       "number of "
       "operands: 0"},
      {"attribute_exists(a, b)",
       "Incorrect number of operands for operator or function; operator or function: attribute_exists, "
       "number of "
       "operands: 2"},
      {"EXISTS(a)", "Unrecognized function: exists at 1:23:6"},
      {"set_add(a, <<'x'>>) = a", "Unrecognized function: set_add at 1:23:7"},
      {"if_not_exists(a, 1) = 1", "Unrecognized function: if_not_exists at 1:23:13"},
      {"a < true",
       "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"},
      {"a BETWEEN [1] AND [2]",
       "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: L"},
      {"attribute_exists(a) > false",
       "Incorrect operand type for operator or function; operator or function: >, operand type: BOOL"},
      {"attribute_type(a, 1)",
       "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: "
       "N"},
      {"attribute_type(a, 'X')",
       "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}"},
      {"a = 1e126",
       "Number overflow. Attempting to store a number with magnitude larger than supported range under root"},
      {"a = 1e-131",
       "Number underflow. Attempting to store a number with magnitude smaller than supported range under "
       "root"},
      {"a = 123456789012345678901234567890123456789",
       "Attempting to store more than 38 significant digits in a Number under root"},
      {"a = <<'a', 'a'>>",
       "One or more parameter values were invalid: Input collection [a, a] contains duplicates."},
      {"a", "Unsupported operation: Id"},
      {"a LIKE 'x%'", "Unsupported operation: Like"},
      {"a + 1 = 2", "Unsupported operation: Plus"},
      {"a = MISSING", "Unsupported operation: Missing"},
      {"a IS DATE", "Unsupported operation: IsType"},
      {"size(a)", "The function is not allowed to be used this way in an expression; function: size"},
  };
  for (const Case& one : cases) EXPECT_EQ(refusal(where + one.text), one.message) << one.text;
  std::string many = "a IN [0";
  for (int i = 1; i <= 100; ++i) many += ", " + std::to_string(i);
  EXPECT_EQ(refusal(where + many + "]"),
            "The IN operator is provided with too many operands; number of operands: 101");
}

TEST(Bind, RefusesUpdatesAsAwsDoes) {
  const std::string update = "UPDATE t SET ";  // 13 characters
  const Case cases[] = {
      {"t = set_add(ss, <<'x'>>)", "The first argument to SET_ADD must equal the assignment value at 1:18:7"},
      {"ss = set_add(<<'a'>>, <<'b'>>)",
       "The first argument to SET_ADD must equal the assignment value at 1:19:7"},
      {"ss = set_add(ss, 'x')", "The second argument to SET_ADD must be a value with type SET at 1:27:2"},
      {"\"ss\" = set_delete(\"ss\", ['x'])",
       "The second argument to SET_DELETE must be a value with type SET at 1:32:4"},
      {"ss = set_add(ss)", "SET_ADD must have exactly two arguments at 1:19:7"},
      {"ss = set_add(ss, <<>>)", "Empty bags are not supported"},
      {"ss = set_add(ss, <<'b', 'b'>>)",
       "One or more parameter values were invalid: Input collection [b, b] contains duplicates."},
      {"ns = set_add(ns, <<2, 2.0>>)",
       "One or more parameter values were invalid: Input collection [2, 2.0] contains duplicates! under "
       "root"},
      {"n = 'a' + 1",
       "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
      {"n = n - null",
       "Incorrect operand type for operator or function; operator or function: -, operand type: NULL"},
      {"l = list_append(l, 1)",
       "Incorrect operand type for operator or function; operator or function: list_append, operand type: N"},
      {"l = list_append(l)",
       "Incorrect number of operands for operator or function; operator or function: list_append, number of "
       "operands: 1"},
      {"a = f(b)", "Unrecognized function: f at 1:18:1"},
      {"a = b = 1", "Unsupported operation: Eq"},
      {"a = 1, a = 2",
       "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
       "[a], path "
       "two: [a]"},
  };
  for (const Case& one : cases) EXPECT_EQ(refusal(update + one.text), one.message) << one.text;
}

TEST(Bind, RefusesLiteralsAsAwsDoes) {
  const auto nested = [](std::string_view open, std::string_view close, int levels) {
    std::string text = "1";
    for (int i = 0; i < levels; ++i) text = std::string(open) + text + std::string(close);
    return "UPDATE t SET d = " + text;
  };
  EXPECT_EQ(refusal(nested("{'a':", "}", 31)), "");
  std::string path;
  for (int i = 0; i < 32; ++i) path += ".a";
  EXPECT_EQ(refusal(nested("{'a':", "}", 32)),
            "Nesting Levels have exceeded supported limits under root" + path);

  const Parameters one = {S("v")};
  EXPECT_EQ(refusal("UPDATE t SET x = [?]", one),
            "Unsupported data type: Parameter under key root[0] at 1:19:1");
  EXPECT_EQ(refusal("INSERT INTO t VALUE {'m': {'k': ?}}", one),
            "Unsupported data type: Parameter under key root.k at 1:33:1");
  EXPECT_EQ(refusal("INSERT INTO t VALUE {'ss': set_add(<<'a'>>, <<'b'>>)}"),
            "Unsupported data type: set_add under key root at 1:28:7");
  EXPECT_EQ(refusal("INSERT INTO t VALUE {'m': {'x': 1e126}}"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range under "
            "root.x");
  EXPECT_EQ(refusal("INSERT INTO t VALUE {'l': [1, 1e126]}"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range under "
            "root[1]");
  EXPECT_EQ(refusal("INSERT INTO t VALUE {'s': <<1, 'a'>>}"),
            "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags");
}

}  // namespace
}  // namespace gyre::partiql
