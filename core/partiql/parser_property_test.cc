// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/partiql/parser.h"
#include "core/partiql/statement_text_test.h"

// A statement that is written out reads back as itself; and whatever the text, the parser answers.
namespace gyre::partiql {
namespace {

using Random = std::mt19937;
using Kind = Expression::Kind;

template <class T>
T pick(Random& random, const std::vector<T>& from) {
  return from[random() % from.size()];
}

std::string random_name(Random& random) {
  return pick<std::string>(random, {"a", "b c", "select", "\xC3\xA9", "x\"y", "$_1"});
}

DocumentPath random_path(Random& random) {
  DocumentPath path = {{PathStep::Kind::kName, random_name(random), 0}};
  while (random() % 3 == 0) {
    if (random() % 2 == 0) {
      path.push_back({PathStep::Kind::kName, random_name(random), 0});
    } else {
      path.push_back({PathStep::Kind::kIndex, "", random() % 1000});
    }
  }
  return path;
}

Expression random_expression(Random& random, int depth);

Expression above(Random& random, int depth, Kind kind, std::size_t operands) {
  Expression made{.kind = kind};
  for (std::size_t i = 0; i < operands; ++i) made.operands.push_back(random_expression(random, depth - 1));
  return made;
}

Expression random_leaf(Random& random) {
  switch (random() % 7) {
    case 0:
      return {.kind = Kind::kString,
              .text = pick<std::string>(random, {"", "it's", "x", "-- no /* comment"})};
    case 1:
      return {.kind = Kind::kNumber, .text = pick<std::string>(random, {"0", "-1", "1.5e-3", ".5", "10"})};
    case 2:
      return {.kind = Kind::kBoolean, .text = random() % 2 == 0 ? "true" : "false"};
    case 3:
      return {.kind = Kind::kNull};
    case 4:
      return {.kind = Kind::kMissing};
    case 5:
      return {.kind = Kind::kParameter};
    default:
      return {.kind = Kind::kPath, .path = random_path(random)};
  }
}

Expression random_expression(Random& random, int depth) {
  if (depth == 0 || random() % 4 == 0) return random_leaf(random);
  switch (random() % 9) {
    case 0: {
      // Not of a number or of signs, which are one literal.
      Expression negation{.kind = Kind::kNegate};
      negation.operands.push_back({.kind = Kind::kPath, .path = random_path(random)});
      return negation;
    }
    case 1:
      return above(random, depth, pick<Kind>(random, {Kind::kList, Kind::kBag}), random() % 3);
    case 2: {
      Expression call = above(random, depth, Kind::kCall, random() % 3);
      call.text = pick<std::string>(random, {"size", "contains", "exists", "f"});
      return call;
    }
    case 3: {
      Expression test = above(random, depth, Kind::kIs, 1);
      test.text = pick<std::string>(random, {"missing", "null", "boolean", "double precision"});
      return test;
    }
    case 4:
      return above(random, depth, Kind::kNot, 1);
    case 5:
      return above(random, depth, pick<Kind>(random, {Kind::kBetween, Kind::kLike}), 3);
    case 6:
      return above(random, depth, Kind::kTuple, 2 * (random() % 3));
    case 7:
      return above(random, depth, pick<Kind>(random, {Kind::kAnd, Kind::kOr}), 2 + random() % 2);
    default:
      return above(
          random, depth,
          pick<Kind>(random, {Kind::kAdd, Kind::kSubtract, Kind::kMultiply, Kind::kDivide, Kind::kModulo,
                              Kind::kConcatenate, Kind::kEqual, Kind::kNotEqual, Kind::kLess,
                              Kind::kLessOrEqual, Kind::kGreater, Kind::kGreaterOrEqual}),
          2);
  }
}

SelectStatement random_select(Random& random) {
  SelectStatement select;
  for (std::size_t i = random() % 3; i > 0; --i) {
    select.columns.push_back({.kind = Kind::kPath, .path = random_path(random)});
  }
  select.source.table = random_name(random);
  if (random() % 2 == 0) select.source.index = random_name(random);
  if (random() % 4 != 0) select.where = random_expression(random, 4);
  for (std::size_t i = random() % 3; i > 0; --i)
    select.order.push_back({random_name(random), random() % 2 == 0});
  return select;
}

Statement random_statement(Random& random) {
  Statement statement;
  switch (random() % 5) {
    case 0:
      statement.body = random_select(random);
      break;
    case 1:
      statement.body = InsertStatement{{random_name(random), {}}, random_expression(random, 4)};
      break;
    case 2: {
      UpdateStatement update;
      update.source.table = random_name(random);
      do {
        update.assignments.push_back({random_path(random), {}});
        if (random() % 3 != 0) update.assignments.back().value = random_expression(random, 3);
      } while (random() % 2 == 0);
      if (random() % 4 != 0) update.where = random_expression(random, 3);
      if (random() % 2 == 0) {
        update.returning = pick<Returning>(random, {Returning::kAllOld, Returning::kAllNew,
                                                    Returning::kModifiedOld, Returning::kModifiedNew});
      }
      statement.body = std::move(update);
      break;
    }
    case 3:
      statement.body =
          DeleteStatement{{random_name(random), {}}, random_expression(random, 3), random() % 2 == 0};
      break;
    default:
      statement.body = ExistsStatement{random_select(random)};
  }
  return statement;
}

TEST(ParserProperty, WrittenOutStatementsReadBackAsThemselves) {
  Random random(7);
  for (int round = 0; round < 3'000; ++round) {
    const std::string text = statement_text(random_statement(random));
    const Result<Statement> read = parse_statement(text);
    ASSERT_TRUE(read.ok()) << text << "\n" << read.error().message;
    EXPECT_EQ(statement_text(*read), text);
  }
}

TEST(ParserProperty, SurvivesRandomBytesAndDamagedStatements) {
  Random random(8);
  for (int round = 0; round < 5'000; ++round) {
    std::string text(random() % 60, '\0');
    for (char& c : text) c = static_cast<char>(random());
    (void)parse_statement(text);
    std::string damaged = statement_text(random_statement(random));
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random() % 128);
    (void)parse_statement(damaged);
    damaged.resize(random() % damaged.size());
    (void)parse_statement(damaged);
  }
}

}  // namespace
}  // namespace gyre::partiql
