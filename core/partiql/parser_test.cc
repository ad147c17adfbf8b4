// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/parser.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/partiql/statement_text_test.h"

namespace gyre::partiql {
namespace {

/// The parsed statement as PartiQL again, or the error's message.
std::string parsed(std::string_view text) {
  const Result<Statement> statement = parse_statement(text);
  return statement.ok() ? statement_text(*statement) : statement.error().message;
}

struct Case {
  std::string_view text;
  std::string_view answer;
};

TEST(Parser, ReadsStatements) {
  constexpr Case kCases[] = {
      {"SELECT * FROM music", R"(SELECT * FROM "music")"},
      {"select a, b.c[0].\"d e\", f['g'] from \"my-table\".\"by-a\"",
       R"(SELECT "a", "b"."c"[0]."d e", "f"."g" FROM "my-table"."by-a")"},
      {"SELECT * FROM t WHERE a = 'it''s' ;", R"(SELECT * FROM "t" WHERE ("a" = 'it''s'))"},
      {"SELECT * FROM t WHERE pk = ? ORDER BY pk, sk DESC",
       R"(SELECT * FROM "t" WHERE ("pk" = ?) ORDER BY "pk" ASC, "sk" DESC)"},
      {"INSERT INTO t VALUE {'a': 1, 'b': [TRUE, null, <<'x', 'y'>>], 'm': {}}",
       R"(INSERT INTO "t" VALUE {'a': 1, 'b': [true, NULL, <<'x', 'y'>>], 'm': {}})"},
      {"UPDATE t SET a = a + 1 SET b[2].c = list_append(b, [?]) REMOVE d WHERE k = 'x' RETURNING MODIFIED "
       "NEW *",
       R"(UPDATE "t" SET "a" = ("a" + 1) SET "b"[2]."c" = list_append("b", [?]) REMOVE "d" WHERE ("k" = 'x') RETURNING MODIFIED NEW *)"},
      {"UPDATE t SET a = 1, b = 2 WHERE k = 'x'", R"(UPDATE "t" SET "a" = 1 SET "b" = 2 WHERE ("k" = 'x'))"},
      {"FROM t WHERE k = 'x' SET a = 1 REMOVE b RETURNING ALL OLD *",
       R"(UPDATE "t" SET "a" = 1 REMOVE "b" WHERE ("k" = 'x') RETURNING ALL OLD *)"},
      {"DELETE FROM t WHERE k = 'x' RETURNING ALL OLD *",
       R"(DELETE FROM "t" WHERE ("k" = 'x') RETURNING ALL OLD *)"},
      {"EXISTS(SELECT * FROM t WHERE k = 'x' AND a IS MISSING)",
       R"(EXISTS(SELECT * FROM "t" WHERE (("k" = 'x') AND ("a" IS missing))))"},
      {"SELECT/**/a -- all\nFROM/* the */t--", R"(SELECT "a" FROM "t")"},
  };
  for (const Case& one : kCases) EXPECT_EQ(parsed(one.text), one.answer) << one.text;
}

TEST(Parser, OperatorsBindAsInSql) {
  constexpr Case kCases[] = {
      {"a = 1 OR b = 2 AND NOT c = 3", R"((("a" = 1) OR (("b" = 2) AND (NOT ("c" = 3)))))"},
      {"(a = 1 OR b = 2) AND c = 3", R"(((("a" = 1) OR ("b" = 2)) AND ("c" = 3)))"},
      {"a = 1 AND b = 2 AND c = 3", R"((("a" = 1) AND ("b" = 2) AND ("c" = 3)))"},
      {"a BETWEEN 1 AND 2 AND b = 3", R"((("a" BETWEEN 1 AND 2) AND ("b" = 3)))"},
      {"a NOT BETWEEN 1 AND 2", R"((NOT ("a" BETWEEN 1 AND 2)))"},
      {"a IN [1, ?]", R"(("a" IN [1, ?]))"},
      {"a IN (1)", R"(("a" IN [1]))"},
      {"a NOT IN (1, 2)", R"((NOT ("a" IN [1, 2])))"},
      {"NOT a IN [1]", R"((NOT ("a" IN [1])))"},
      {"a IS NOT MISSING", R"((NOT ("a" IS missing)))"},
      {"a IS Bool", R"(("a" IS boolean))"},
      {"a IS DOUBLE PRECISION", R"(("a" IS double precision))"},
      {"a != 1", R"(("a" <> 1))"},
      {"a = -1.5e-3", R"(("a" = -1.5e-3))"},
      {"a = - - 1", R"(("a" = 1))"},
      {"a > -/* so */-1", R"(("a" > 1))"},
      {"a = +.5", R"(("a" = .5))"},
      {"a-1 = 2", R"((("a" - 1) = 2))"},
      {"1 + 2 * 3 - 4 = a", R"((((1 + (2 * 3)) - 4) = "a"))"},
      {"Begins_With(a, 'x') = true", R"((begins_with("a", 'x') = true))"},
      {"size(a) > 1", R"((size("a") > 1))"},
      {"a[-0] = 1", R"(("a"[0] = 1))"},
      {"a LIKE 'x%' ESCAPE '!'", R"(("a" LIKE 'x%' ESCAPE '!'))"},
      {"(a) = (1, 2)", R"(("a" = [1, 2]))"},
  };
  for (const Case& one : kCases) {
    EXPECT_EQ(parsed("SELECT * FROM t WHERE " + std::string(one.text)),
              R"(SELECT * FROM "t" WHERE )" + std::string(one.answer))
        << one.text;
  }
}

TEST(Parser, CountsParameters) {
  EXPECT_EQ(parse_statement("SELECT * FROM t WHERE a = ? AND b IN [?, ?] AND c = '?'")->parameter_count, 3U);
}

// As AWS answers each (most measured on AWS by third parties).
TEST(Parser, SyntaxErrorsSayWhatAwsSays) {
  constexpr Case kCases[] = {
      {"SLECT * FROM \"t\"", "Expected data manipulation"},
      {"UPDATE t-x SET a = 1", "Expected data manipulation"},
      {"UPDATE t", "Expected data manipulation"},
      {"SELECT FROM t", "Expected data manipulation"},
      {"SELECT * FROM t WHERE pk = 1 foo", "Unexpected token after expression"},
      {"SELECT * FROM t WHERE pk = 1 e5", "Unexpected token after expression"},
      {"SELECT * FROM t WHERE pk = 1)", "Unexpected token after expression"},
      {"SELECT * FROM t ORDER BY pk WHERE pk = 1", "Unexpected token after expression"},
      {"DELETE FROM t WHERE pk = 1 ORDER BY pk", "Unexpected token after expression"},
      {"INSERT INTO t VALUE {'pk': 1} foo", "Unexpected token after expression"},
      {"INSERT INTO t t VALUE {'pk': 1}", "Unexpected token after expression"},
      {"FROM t SET a = 1 WHERE pk = 'x'", "Unexpected token after expression"},
      {"SELECT * FROM t; SELECT * FROM t", "Unexpected token after semicolon. (Only one query is allowed.)"},
      {"SELECT * FROM t WHERE", "Unexpected term"},
      {"SELECT * FROM t WHERE;", "Unexpected term"},
      {"SELECT * FROM t WHERE NOT", "Unexpected term"},
      {"SELECT * FROM t WHERE (", "Unexpected term"},
      {"UPDATE t SET a = 1 WHERE", "Unexpected term"},
      {"SELECT * FROM", "Unexpected term"},
      {"SELECT * FROM t WHERE pk = 1 AND", "Missing right-hand side expression of infix operator"},
      {"SELECT * FROM t WHERE pk = 1 OR", "Missing right-hand side expression of infix operator"},
      {"SELECT * FROM t WHERE ORDER BY pk", "Unexpected keyword"},
      {"INSERT INTO urls (key, secret) VALUES (?, ?)", "Unexpected keyword"},
      {"SELECT * FROM t WHERE IS NULL", "Unexpected operator"},
      {"SELECT * FROM t WHERE pk = LIKE", "Unexpected operator"},
      {"SELECT * FROM t WHERE a IS FOO", "Expected type name"},
      {"SELECT * FROM t WHERE m.inner = 1", "Invalid path dot component"},
      {"UPDATE t SET m.inner = 1", "Invalid path dot component"},
      {"UPDATE t SET m.* = 1", "Invalid path dot component for simple path"},
      {"DELETE FROM", "Expected identifier for simple path"},
      {"DELETE FROM;", "Expected identifier for simple path"},
      {"DELETE FROM WHERE pk = 'a'", "Expected identifier for simple path"},
      {"DELETE t", "Expected FROM after DELETE"},
      {"SELECT a", "Expected FROM after SELECT list"},
      {"SELECT *, a FROM t",
       "Other expressions may not be present in the select list when '*' is used without dot notation."},
      {"UPDATE t SET a", "Expected '='"},
      {"SELECT * FROM t WHERE ()", "Expression group cannot be empty"},
      {"SELECT * FROM t WHERE a BETWEEN 1", "Expected AND keyword"},
      {"SELECT * FROM t WHERE a BETWEEN 1 AND", "Expected expression after AND"},
      {"SELECT * FROM t WHERE a IN [1", "Expected RIGHT_BRACKET"},
      {"SELECT * FROM t WHERE f(a", "Expected RIGHT_PAREN"},
      {"INSERT INTO t VALUE {'a' 1}", "Expected COLON"},
      {"DELETE FROM t WHERE a = 1 RETURNING OLD *",
       "Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element."},
      {"SELECT * FROM t WHERE a = (UPDATE t SET a = 1)",
       "Keyword update only expected at the top level in the query"},
      // What is no token has no detail.
      {"SELECT * FROM t WHERE pk = 1 # note", ""},
      {"SELECT * FROM t WHERE pk = 1 /* note", ""},
      {"SELECT * FROM t WHERE pk = 'x", ""},
      {"SELECT * FROM \"t", ""},
      {"SELECT * FROM t WHERE pk = 1e", ""},
      {"SELECT * FROM t WHERE pk = 1x", ""},
      {"SELECT * FROM t WHERE pk = 1e2147483648", ""},
      {"SELECT * FROM t WHERE pk = 1e99999999999999999999", ""},
      {"SELECT * FROM t WHERE pk = 1.5e-2147483647", ""},
      {"SELECT * FROM t WHERE pk = `x`", ""},
      {"SELECT * FROM t WHERE \xC3\xA9 = 1", ""},
  };
  for (const Case& one : kCases) {
    EXPECT_EQ(parsed(one.text),
              "Statement wasn't well formed, can't be processed: " + std::string(one.answer))
        << one.text;
  }
}

TEST(Parser, RefusesWhatDynamoDbDoesNotDo) {
  constexpr Case kCases[] = {
      {"SELECT * FROM \"t\" t WHERE pk = 'x'", "Aliasing is not supported"},
      {"SELECT * FROM \"t\" AS t", "Aliasing is not supported"},
      {"SELECT a AS b FROM t", "Aliasing is not supported"},
      {"UPDATE t u SET a = 1 WHERE pk = 'x'", "Aliasing is not supported"},
      {"DELETE FROM t u WHERE pk = 'x'", "Aliasing is not supported"},
      {"SELECT * FROM a.b.c", "A path may contain at most 2 components in the FROM clause"},
      {"SELECT * FROM t.\"\"", "Path component cannot be an empty string"},
      {"SELECT * FROM \"\"", "Path component cannot be an empty string"},
      {"SELECT * FROM t[0]", "Invalid list expression in source."},
      {"SELECT * FROM 'x'", "Unexpected from source"},
      {"SELECT * FROM a, b", "Only select from a single table or index is supported."},
      {"SELECT * FROM a JOIN b ON a.x = b.x", "Only select from a single table or index is supported."},
      {"SELECT attribute_exists(a) FROM t", "Unexpected path component at 1:8:16"},
      {"SELECT COUNT(*) FROM t", "Unexpected path component at 1:8:5"},
      {"SELECT a,\n  'b' FROM t", "Unexpected path component at 2:3:3"},
      {"SELECT l[-1] FROM t", "List index is not within the allowable range; index: [-1] at 1:11:1"},
      {"SELECT l[2147483648] FROM t",
       "List index is not within the allowable range; index: [2147483648] at 1:10:10"},
      {"SELECT * FROM t LIMIT 1", "Unsupported clause: LIMIT"},
      {"SELECT * FROM t GROUP BY a", "Unsupported clause: GROUP BY"},
      {"SELECT * FROM t WHERE a = 1 ORDER BY a.b",
       "Argument to ORDER BY must be of type VariableReference. Type: Path"},
      {"x IS INT4", "Unsupported operation: IsType"},
      {"x IS CHARACTER VARYING", "Unsupported operation: IsType"},
      {"INSERT INTO t VALUES ('a')", "Unsupported operation: Insert"},
      {"DELETE FROM t WHERE pk = 'x' RETURNING MODIFIED OLD *",
       "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE "
       "statements."},
      {"DELETE FROM t WHERE pk = 'x' RETURNING ALL NEW *",
       "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE "
       "statements."},
  };
  for (const Case& one : kCases) EXPECT_EQ(parsed(one.text), one.answer) << one.text;
}

TEST(Parser, PositionsCountCharactersNotBytes) {
  EXPECT_EQ(parsed("SELECT \"\xC3\xA9\", f(a) FROM t"), "Unexpected path component at 1:13:1");
}

TEST(Parser, DepthIsBounded) {
  const auto nested = [](int levels) {
    const auto count = static_cast<std::size_t>(levels);
    return "INSERT INTO t VALUE {'a': " + std::string(count, '[') + std::string(count, ']') + "}";
  };
  EXPECT_TRUE(parse_statement(nested(limits::kPartiqlNestingMax / 2)).ok());
  const std::string refusal = "Nesting Levels have exceeded supported limits";
  EXPECT_EQ(parsed(nested(3000)), refusal);
  std::string sum = "UPDATE t SET a = 1";
  std::string negations = "SELECT * FROM t WHERE ";
  std::string signs = "SELECT * FROM t WHERE a = ";
  for (int i = 0; i < 1000; ++i) {
    sum += "+1";
    negations += "NOT ";
    signs += "- ";
  }
  EXPECT_EQ(parsed(sum), refusal);
  EXPECT_EQ(parsed(negations + "a"), refusal);
  EXPECT_EQ(parsed(signs + "1"), refusal);
}

TEST(Parser, ChainsOfAndAndOrMayBeLong) {
  std::string condition = "a = 1";
  for (int i = 0; i < 700; ++i) condition += i % 2 == 0 ? " AND a = 1" : " OR a = 1";
  EXPECT_TRUE(parse_statement("SELECT * FROM t WHERE " + condition).ok());
}

}  // namespace
}  // namespace gyre::partiql
