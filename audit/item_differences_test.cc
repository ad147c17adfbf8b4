// SPDX-License-Identifier: Apache-2.0
#include "audit/item_differences.h"

#include <gtest/gtest.h>

#include "core/model/item_codec.h"

namespace gyre::audit {
namespace {

AttributeValue text(const char* value) {
  return AttributeValue::string(value);
}

TEST(ItemDifferences, NamesEachAttributeInOrder) {
  const Item before{{"a", text("1")}, {"b", text("2")}, {"c", text("3")}};
  const Item after{{"b", text("2")}, {"c", text("4")}, {"d", text("5")}};
  const auto found = item_differences(encode_item(before), encode_item(after)).value();
  EXPECT_EQ(found, (std::vector<Difference>{{DifferenceKind::kRemoved, "a", R"({"S":"1"})", ""},
                                            {DifferenceKind::kChanged, "c", R"({"S":"3"})", R"({"S":"4"})"},
                                            {DifferenceKind::kAdded, "d", "", R"({"S":"5"})"}}));
}

TEST(ItemDifferences, LooksIntoMapsAndNowhereElse) {
  const auto item = [](const char* city, const char* element) {
    return Item{{"address", AttributeValue::map({{"city", text(city)}, {"a.b", text("same")}})},
                {"list", AttributeValue::list({text(element), text("x")})}};
  };
  const auto found = item_differences(encode_item(item("Rome", "1")), encode_item(item("Oslo", "2"))).value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].path, "address.city");
  EXPECT_EQ(found[0].after, R"({"S":"Oslo"})");
  EXPECT_EQ(found[1].path, "list");
  EXPECT_EQ(found[1].before, R"({"L":[{"S":"1"},{"S":"x"}]})");
}

TEST(ItemDifferences, NoItemIsOneWithoutAttributes) {
  const Item item{{"a.b", text("1")}};
  const auto made = item_differences("", encode_item(item)).value();
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].kind, DifferenceKind::kAdded);
  EXPECT_EQ(made[0].path, "\"a.b\"");
  EXPECT_TRUE(item_differences(encode_item(item), encode_item(item)).value().empty());
  EXPECT_TRUE(item_differences("", "").value().empty());
  EXPECT_FALSE(item_differences("none", "").ok());
}

}  // namespace
}  // namespace gyre::audit
