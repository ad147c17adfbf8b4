// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/access_path.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/expressions/values_test.h"
#include "core/model/key.h"
#include "core/partiql/bind.h"
#include "core/partiql/key_equality.h"
#include "core/partiql/parser.h"

namespace gyre::partiql {
namespace {

using expressions::S;

const KeySchema kSchema{.partition = {"pk", ScalarType::kString},
                        .sort = KeyAttribute{"sk", ScalarType::kString}};

BoundSelect select(const std::string& clauses) {
  const Result<Statement> statement = parse_statement("SELECT * FROM t " + clauses);
  CHECK(statement.ok());
  Result<BoundStatement> bound = bind(*statement, {});
  CHECK(bound.ok());
  return std::get<BoundSelect>(std::move(*bound));
}

/// An encoded bound without its end mark; "'" stands for the least string after it and all that it begins.
std::string bound_text(std::string bound) {
  const bool after = bound.ends_with(std::string_view("\0\2", 2));
  if (after || bound.ends_with(std::string_view("\0\1", 2))) bound.resize(bound.size() - 2);
  return bound + (after ? "'" : "");
}

/// "scan", or the reads in their order: "a[1,1') b[,)"; then "backwards" and "filtered". Or the error's
/// message.
std::string path_of(const std::string& clauses) {
  const BoundSelect bound = select(clauses);
  const Result<AccessPath> path = find_access_path(bound.where, bound.order, key_attributes_of(kSchema));
  if (!path.ok()) return path.error().message;
  std::string text = path->scan ? "scan" : "";
  for (const expressions::KeyCondition& read : path->reads) {
    text += (text.empty() ? "" : " ") + bound_text(read.partition) + "[" +
            bound_text(read.sort_lower.value_or("")) + "," + bound_text(read.sort_upper.value_or("")) + ")";
  }
  if (!path->forward) text += " backwards";
  if (path->filtered) text += " filtered";
  return text;
}

struct Case {
  std::string clauses;
  std::string path;
};

TEST(AccessPath, ReadsByKeyWhereTheKeyIsNamed) {
  const Case cases[] = {
      {"", "scan"},
      {"WHERE pk = 'a'", "a[,)"},
      {"WHERE 'a' = pk AND sk = '1'", "a[1,1')"},
      {"WHERE pk = 'a' AND sk > '1' AND sk <= '3'", "a[1',3')"},
      {"WHERE pk = 'a' AND '3' > sk", "a[,3)"},
      {"WHERE pk = 'a' AND sk BETWEEN '1' AND '3'", "a[1,3')"},
      {"WHERE pk = 'a' AND begins_with(sk, 'x')", "a[x,y)"},
      {"WHERE pk = 'a' AND sk = '1' AND sk > '0'", "a[1,1')"},
      {"WHERE (pk = 'a' AND sk = '1') AND flag = 'x'", "a[1,1') filtered"},
      {"WHERE pk IN ['b', 'a']", "b[,) a[,)"},
      {"WHERE pk = 'b' OR pk = 'a' AND sk = '1'", "b[,) a[1,1')"},
      {"WHERE pk IN ['a', 'b'] AND sk IN ['1', '2']", "a[1,1') a[2,2') b[1,1') b[2,2')"},
      {"WHERE pk = 'a' AND (sk < '1' OR sk > '1' OR sk = '1')", "a[,1) a[1',) a[1,1')"},
      {"WHERE pk = 'a' AND (x = 1 OR y = 2)", "a[,) filtered"},
      {"WHERE pk = 'a' AND attribute_exists(pk)", "a[,) filtered"},
      {"WHERE pk = 'a' AND pk = 'a'", "a[,)"},
      // What can never hold needs no read.
      {"WHERE pk = 'a' AND pk = 'b'", ""},
      {"WHERE pk = 'a' AND sk = '1' AND sk = '2'", ""},
      {"WHERE pk = 'a' AND (pk = 'b' OR x = 1)", "a[,) filtered"},
      // Excluded sort keys may overlap.
      {"WHERE pk = 'a' AND sk <> '1'", "a[,) filtered"},
      {"WHERE pk = 'a' AND NOT sk = '1' OR pk = 'a' AND sk = '2'", "a[,) filtered"},
      {"WHERE pk = 'a' OR pk = 'a' AND NOT sk = '1'", "a[,) filtered"},
  };
  for (const Case& one : cases) EXPECT_EQ(path_of(one.clauses), one.path) << one.clauses;
}

TEST(AccessPath, ScansWhereItIsNot) {
  for (const std::string where : {"sk = '1'", "pk > 'a'", "pk <> 'a'", "NOT pk = 'a'", "pk = 'a' OR sk = '1'",
                                  "pk = 'a' OR pk > 'b'", "pk = sk", "pk.x = 'a'", "pk = 'a' OR x = 1"}) {
    EXPECT_EQ(path_of("WHERE " + where), "scan filtered") << where;
  }
}

TEST(AccessPath, OrderSaysHowItReads) {
  const Case cases[] = {
      {"WHERE pk = 'a' ORDER BY sk", "a[,)"},
      {"WHERE pk = 'a' ORDER BY sk DESC", "a[,) backwards"},
      {"WHERE pk = 'a' ORDER BY pk", "a[,) backwards"},
      {"WHERE pk IN ['b', 'a'] ORDER BY pk, sk", "a[,) b[,)"},
      {"WHERE pk IN ['a', 'b'] ORDER BY pk DESC, sk ASC", "b[,) a[,)"},
      {"WHERE pk = 'a' AND sk IN ['2', '1'] ORDER BY sk", "a[1,1') a[2,2')"},
      {"WHERE pk = 'a' AND sk IN ['1', '2'] ORDER BY sk DESC", "a[2,2') a[1,1') backwards"},
      {"ORDER BY sk", "Must have WHERE clause in the statement when using ORDER BY clause."},
      {"WHERE pk = 'a' ORDER BY Total DESC",
       "Attribute Total in ORDER BY clause must be part of the primary key"},
      {"WHERE pk > 'a' ORDER BY sk",
       "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."},
      {"WHERE pk IN ['a', 'b'] ORDER BY sk",
       "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE "
       "clause."},
  };
  for (const Case& one : cases) EXPECT_EQ(path_of(one.clauses), one.path) << one.clauses;
}

std::string values(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i == 0 ? "'" : ", '") + std::to_string(i) + "'";
  return text;
}

// Measured on AWS by third parties.
TEST(AccessPath, RefusesWhatAwsRefuses) {
  const std::string overlap = "Overlapping conditions with range keys are not supported in where clause";
  for (const std::string where :
       {"pk IN ['a', 'a']", "pk = 'a' OR pk = 'a'", "pk = 'a' AND (sk > '0' OR sk < '5')",
        "pk = 'a' AND (sk = '1' OR x = 'two')", "(pk = 'a' AND x = 1) OR (pk = 'a' AND x = 2)",
        "pk = 'a' AND x = '1' OR pk = 'a' AND sk = '2'", "pk = 'a' AND x <> '1' OR pk = 'a' AND sk = '2'"}) {
    EXPECT_EQ(path_of("WHERE " + where), overlap) << where;
  }
  const std::string mismatch = "Key attribute's data type should match its data type in table's schema: Key ";
  EXPECT_EQ(path_of("WHERE pk = 1 OR pk = 'a'"), mismatch + "pk");
  EXPECT_EQ(path_of("WHERE pk = 'a' AND sk IN ['1', 2]"), mismatch + "sk");

  const std::string too_many = "Too many decomposed read operations for a given query.";
  EXPECT_EQ(path_of("WHERE pk IN [" + values(51) + "]"), too_many);
  EXPECT_EQ(path_of("WHERE pk = 'a' AND sk IN [" + values(51) + "]"), too_many);
  EXPECT_EQ(path_of("WHERE pk IN [" + values(26) + "] AND sk IN ['1', '2']"), too_many);
  EXPECT_NE(path_of("WHERE pk IN [" + values(50) + "] AND x IN [" + values(100) + "]"), too_many);
  EXPECT_EQ(path_of("WHERE pk IN [" + values(51) + "] OR x = 1"), "scan filtered");
}

// Keys of indexes.
TEST(AccessPath, RangesOfSeveralAttributesEndBehindTheFirstGap) {
  const KeyAttribute partition[] = {{"p1", ScalarType::kString}, {"p2", ScalarType::kString}};
  const KeyAttribute sort[] = {{"s1", ScalarType::kString}, {"s2", ScalarType::kString}};
  const auto path = [&](const std::string& clauses) {
    const BoundSelect bound = select(clauses);
    return *find_access_path(bound.where, bound.order, KeyAttributes{partition, sort});
  };
  const std::string both = "WHERE p1 = 'a' AND p2 = 'b'";
  EXPECT_TRUE(path("WHERE p1 = 'a' AND s1 = 'x'").scan);
  EXPECT_FALSE(path(both).scan);
  EXPECT_FALSE(path(both).filtered);
  EXPECT_FALSE(path(both + " AND s1 > 'x' AND s1 < 'y'").filtered);
  EXPECT_FALSE(path(both + " AND s2 > 'x' AND s1 = 'y'").filtered);
  EXPECT_TRUE(path(both + " AND s2 = 'x'").filtered);
  EXPECT_TRUE(path(both + " AND s1 > 'x' AND s2 = 'y'").filtered);
  EXPECT_EQ(path("WHERE p1 IN ['a', 'b'] AND p2 IN ['c', 'd']").reads.size(), 4U);
  EXPECT_TRUE(path(both + " AND p2 = 'c'").reads.empty());
  EXPECT_FALSE(path(both + " ORDER BY s1 DESC").forward);
}

TEST(AccessPath, IsKeyedByConditionsThatMustHold) {
  const auto keyed = [](const std::string& where) {
    const BoundSelect bound = select("WHERE " + where);
    return find_access_path(bound.where, bound.order, key_attributes_of(kSchema))->keyed;
  };
  EXPECT_TRUE(keyed("pk = 'a' AND x = 1"));
  EXPECT_TRUE(keyed("pk IN ['a', 'b'] AND x = 1"));
  EXPECT_FALSE(keyed("(pk = 'a' AND x = 1) OR pk = 'b'"));
  EXPECT_FALSE(keyed("x = 1"));
}

TEST(AccessPath, ATableWithoutSortKeyHasOneItemAPartition) {
  const KeySchema schema{.partition = {"pk", ScalarType::kNumber}, .sort = {}};
  const BoundSelect bound = select("WHERE pk IN [2, 1] AND sk = 'x'");
  const Result<AccessPath> path = find_access_path(bound.where, bound.order, key_attributes_of(schema));
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(path->reads.size(), 2U);
  EXPECT_TRUE(path->filtered);
}

// --- keys of writes and of reads in batches ---

TEST(KeySplit, TakesTheKeyOutOfTheConditions) {
  const KeySplit split =
      split_key(select("WHERE (pk = 'a' AND x = 1) AND 'b' = sk AND pk = 'a'").where, kSchema);
  EXPECT_EQ(split.key, (AttributeMap{{"pk", S("a")}, {"sk", S("b")}}));
  EXPECT_TRUE(split.complete(kSchema));
  EXPECT_FALSE(split.contradicted);
  ASSERT_TRUE(split.rest);
  EXPECT_EQ(split.rest->root.kind, expressions::Node::Kind::kEqual);
  EXPECT_FALSE(split_key(select("WHERE pk = 'a' AND sk = 'b'").where, kSchema).rest);
}

TEST(KeySplit, KnowsWhatIsMissingOrContradicted) {
  for (const std::string clauses : {"", "WHERE pk = 'a'", "WHERE pk = 'a' OR sk = 'b'",
                                    "WHERE pk IN ['a'] AND sk = 'b'", "WHERE pk = 'a' AND NOT sk = 'b'"}) {
    EXPECT_FALSE(split_key(select(clauses).where, kSchema).complete(kSchema)) << clauses;
  }
  const KeySplit split = split_key(select("WHERE pk = 'a' AND sk = 'b' AND pk = 'c'").where, kSchema);
  EXPECT_EQ(split.key, (AttributeMap{{"pk", S("a")}, {"sk", S("b")}}));
  EXPECT_EQ(split.contradicted, "pk");
  EXPECT_TRUE(split.rest);
}

TEST(SoleKey, IsTheWholeClause) {
  const AttributeMap key = {{"pk", S("a")}, {"sk", S("b")}};
  EXPECT_EQ(sole_key(select("WHERE pk = 'a' AND sk = 'b'").where, kSchema), key);
  EXPECT_EQ(sole_key(select("WHERE (pk IN ['a']) AND pk = 'a' AND sk IN ['b']").where, kSchema), key);
  for (const std::string clauses :
       {"", "WHERE pk = 'a'", "WHERE pk = 'a' AND sk = 'b' AND x = 1",
        "WHERE pk = 'a' AND sk = 'b' AND pk = 'c'", "WHERE pk = 'a' AND sk IN ['b', 'c']",
        "WHERE pk = 'a' AND sk BETWEEN 'b' AND 'b'"}) {
    EXPECT_FALSE(sole_key(select(clauses).where, kSchema)) << clauses;
  }
}

}  // namespace
}  // namespace gyre::partiql
