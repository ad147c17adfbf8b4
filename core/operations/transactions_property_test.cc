// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/operations/testing/test_region.h"

// Random transactions over few keys, against a model: a map of counters, and actions as functions over it.
namespace gyre::operations {
namespace {

using Model = std::map<std::string, int>;  // pk -> n

/// What one action answers and does to a copy of the model.
struct Action {
  std::string json;
  bool holds = true;
  std::string pk;
  std::optional<int> after;  // the counter afterwards; absent = no item
};

Action random_action(std::mt19937& random, const Model& model, const std::string& pk) {
  const auto found = model.find(pk);
  const std::optional<int> now = found == model.end() ? std::nullopt : std::optional(found->second);
  const int value = static_cast<int>(random() % 3);
  // Half of the actions have a condition, on a value that is often there.
  const bool conditional = random() % 2 == 0;
  const std::string values = fmt::format(R"(,"ExpressionAttributeValues":{{":v":{{"N":"{}"}}}})", value);
  const std::string condition = conditional ? R"(,"ConditionExpression":"n = :v")" + values : "";
  const std::string key = fmt::format(R"("TableName":"counters","Key":{{"pk":{{"S":"{}"}}}})", pk);
  Action action{.json = {}, .holds = !conditional || now == value, .pk = pk, .after = now};
  switch (random() % 4) {
    case 0:
      action.json = fmt::format(
          R"({{"Put":{{"TableName":"counters","Item":{{"pk":{{"S":"{}"}},"n":{{"N":"{}"}}}}{}}}}})", pk,
          value, condition);
      action.after = value;
      return action;
    case 1:
      action.json = fmt::format(R"({{"Delete":{{{}{}}}}})", key, condition);
      action.after = std::nullopt;
      return action;
    case 2:
      action.json = fmt::format(R"({{"Update":{{{},"UpdateExpression":"ADD n :v"{}{}}}}})", key,
                                conditional ? R"(,"ConditionExpression":"n = :v")" : "", values);
      action.after = now.value_or(0) + value;
      return action;
    default:
      action.json =
          fmt::format(R"-({{"ConditionCheck":{{{},"ConditionExpression":"attribute_exists(pk)"}}}})-", key);
      action.holds = now.has_value();
      return action;
  }
}

void apply(const Action& action, Model& model) {
  if (action.after) {
    model[action.pk] = *action.after;
  } else {
    model.erase(action.pk);
  }
}

std::string codes_of(const std::vector<Action>& actions) {
  std::string codes;
  for (const Action& action : actions) {
    codes.append(codes.empty() ? "" : ", ").append(action.holds ? "None" : "ConditionalCheckFailed");
  }
  return codes;
}

void expect_state(TestRegion& region, const std::vector<std::string>& keys, const Model& model) {
  std::string gets;
  std::string answers;
  for (const std::string& pk : keys) {
    const std::string comma = gets.empty() ? "" : ",";
    gets += fmt::format(R"({}{{"Get":{{"TableName":"counters","Key":{{"pk":{{"S":"{}"}}}}}}}})", comma, pk);
    const auto found = model.find(pk);
    answers += comma +
               (found == model.end()
                    ? "{}"
                    : fmt::format(R"({{"Item":{{"pk":{{"S":"{}"}},"n":{{"N":"{}"}}}}}})", pk, found->second));
  }
  region.expect("TransactGetItems", R"({"TransactItems":[)" + gets + "]}",
                R"({"Responses":[)" + answers + "]}");
}

TEST(TransactionsProperty, RandomTransactionsAgreeWithAModel) {
  TestRegion region;
  region.create_table("counters");
  const std::vector<std::string> keys = {"a", "b", "c", "d", "e", "f"};
  std::mt19937 random(20261121);
  Model model;
  int written = 0;
  int cancelled = 0;
  for (int round = 0; round < 500; ++round) {
    std::vector<Action> actions;
    std::string list;
    for (const std::string& pk : keys) {
      if (random() % 2 == 0) continue;
      actions.push_back(random_action(random, model, pk));
      list += (list.empty() ? "" : ",") + actions.back().json;
    }
    if (actions.empty()) continue;
    const std::string codes = codes_of(actions);
    const std::string answer = region.call("TransactWriteItems", R"({"TransactItems":[)" + list + "]}");
    if (codes.find("Failed") == std::string::npos) {
      ASSERT_EQ(answer, "{}") << list;
      for (const Action& action : actions) apply(action, model);
      ++written;
    } else {
      ASSERT_NE(answer.find("specific reasons [" + codes + "]"), std::string::npos) << list << "\n" << answer;
      ++cancelled;
    }
    expect_state(region, keys, model);
  }
  EXPECT_GT(written, 50);
  EXPECT_GT(cancelled, 50);
}

}  // namespace
}  // namespace gyre::operations
