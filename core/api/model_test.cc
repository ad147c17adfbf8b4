// SPDX-License-Identifier: Apache-2.0
#include "core/api/model.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "core/api/names.h"

namespace gyre::api {
namespace {

// Each shape that a request of `operation` can hold, once.
void for_each_shape(const Operation& operation, const std::function<void(const json::Shape&)>& visit) {
  std::set<const json::Shape*> seen;
  const std::function<void(const json::Shape*)> walk = [&](const json::Shape* shape) {
    if (shape == nullptr || !seen.insert(shape).second) return;
    visit(*shape);
    walk(shape->element);
    walk(shape->key);
    for (const json::Member& member : shape->members) walk(member.shape);
  };
  walk(operation.input);
}

TEST(Model, HasEveryOperationOnce) {
  std::map<std::string_view, std::size_t> counts;
  for (const Service& service : services()) {
    std::set<std::string_view> names;
    for (const Operation& operation : service.operations) {
      EXPECT_TRUE(names.insert(operation.name).second) << operation.name;
      EXPECT_EQ(find_operation(std::string(service.target_prefix).append(operation.name)), &operation);
    }
    counts[service.target_prefix] = names.size();
  }
  EXPECT_EQ(counts[kDynamoDB], 62U);
  EXPECT_EQ(counts[kDynamoDBStreams], 4U);
  EXPECT_EQ(find_operation("DynamoDB_20120810.Nothing"), nullptr);
  EXPECT_EQ(find_operation("PutItem"), nullptr);
}

TEST(Model, EveryShapeIsWhole) {
  for (const Service& service : services()) {
    for (const Operation& operation : service.operations) {
      ASSERT_NE(operation.input, nullptr) << operation.name;
      EXPECT_EQ(operation.input->type, json::Type::kStructure) << operation.name;
      for_each_shape(operation, [&](const json::Shape& shape) {
        const bool holds_values = shape.type == json::Type::kList || shape.type == json::Type::kMap;
        EXPECT_EQ(shape.element != nullptr, holds_values) << operation.name;
        EXPECT_EQ(!shape.name.empty(), shape.type == json::Type::kStructure) << operation.name;
        EXPECT_LE(shape.bounds.least, shape.bounds.most) << operation.name;
        std::set<std::string_view> names;
        for (const json::Member& member : shape.members) {
          EXPECT_NE(member.shape, nullptr) << operation.name << " " << member.name;
          EXPECT_TRUE(names.insert(member.name).second) << operation.name << " " << member.name;
        }
      });
    }
  }
}

// What is not built may have others: nobody is refused by them.
TEST(Model, ItemsTablesAndStreamsHaveNoPatternButThatOfNames) {
  for (const std::string_view target :
       {"DynamoDB_20120810.PutItem", "DynamoDB_20120810.Query", "DynamoDB_20120810.CreateTable",
        "DynamoDB_20120810.UpdateTable", "DynamoDB_20120810.TransactWriteItems",
        "DynamoDBStreams_20120810.ListStreams"}) {
    for_each_shape(*find_operation(target), [&](const json::Shape& shape) {
      EXPECT_TRUE(shape.pattern.empty() || shape.pattern == kNamePattern) << target << " " << shape.pattern;
    });
  }
}

}  // namespace
}  // namespace gyre::api
