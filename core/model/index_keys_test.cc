// SPDX-License-Identifier: Apache-2.0
#include "core/model/index_keys.h"

#include <gtest/gtest.h>

#include <string>

namespace gyre {
namespace {

AttributeValue S(std::string text) {
  return AttributeValue::string(std::move(text));
}
AttributeValue N(std::int64_t value) {
  return AttributeValue::number(Number::from_int(value));
}

IndexSchema index_of(std::string name, std::vector<KeyAttribute> partition, std::vector<KeyAttribute> sort) {
  IndexSchema index;
  index.name = std::move(name);
  index.partition = std::move(partition);
  index.sort = std::move(sort);
  return index;
}

const IndexSchema kWide = index_of("wide", {{"a", ScalarType::kString}, {"b", ScalarType::kNumber}},
                                   {{"c", ScalarType::kString}, {"d", ScalarType::kBinary}});

std::optional<ItemKey> key_in(const IndexSchema& index, const Item& item) {
  Result<std::optional<ItemKey>> key =
      index_key(index, [&](std::string_view name) -> Result<std::optional<AttributeValue>> {
        const AttributeValue* value = item.find(name);
        return value == nullptr ? std::optional<AttributeValue>() : std::optional(*value);
      });
  EXPECT_TRUE(key.ok());
  return *key;
}

Item whole() {
  return {{"a", S("x")}, {"b", N(1)}, {"c", S("y")}, {"d", AttributeValue::binary("z")}};
}

TEST(IndexKeys, AKeyIsTheTupleOfItsAttributes) {
  const std::optional<ItemKey> key = key_in(kWide, whole());
  ASSERT_TRUE(key.has_value());
  std::string partition;
  append_key_value(partition, S("x"));
  append_key_value(partition, N(1));
  EXPECT_EQ(key->partition, partition);
  std::string sort;
  append_key_value(sort, S("y"));
  append_key_value(sort, AttributeValue::binary("z"));
  EXPECT_EQ(key->sort, sort);
}

TEST(IndexKeys, AnItemWithoutAllOfThemDoesNotStandInTheIndex) {
  for (const char* name : {"a", "b", "c", "d"}) {
    Item item = whole();
    item.erase(name);
    EXPECT_FALSE(key_in(kWide, item).has_value()) << name;
  }
}

TEST(IndexKeys, NeitherDoesOneWhoseAttributesCannotBeKeys) {
  Item wrong_type = whole();
  wrong_type.set("b", S("1"));
  EXPECT_FALSE(key_in(kWide, wrong_type).has_value());
  Item empty = whole();
  empty.set("d", AttributeValue::binary(""));
  EXPECT_FALSE(key_in(kWide, empty).has_value());
  Item long_partition = whole();
  long_partition.set("a", S(std::string(2048, 'x')));
  EXPECT_TRUE(key_in(kWide, long_partition).has_value());
  long_partition.set("a", S(std::string(2049, 'x')));
  EXPECT_FALSE(key_in(kWide, long_partition).has_value());
  Item long_sort = whole();
  long_sort.set("c", S(std::string(1023, 'x')));
  EXPECT_TRUE(key_in(kWide, long_sort).has_value());
  long_sort.set("c", S(std::string(1024, 'x')));  // with "d" one too many
  EXPECT_FALSE(key_in(kWide, long_sort).has_value());
}

TEST(IndexKeys, ProjectionsHoldTheKeysOfTableAndIndex) {
  const KeySchema schema{{"pk", ScalarType::kString}, KeyAttribute{"sk", ScalarType::kString}};
  IndexSchema index = kWide;
  index.projection = ProjectionType::kKeysOnly;
  for (const char* name : {"pk", "sk", "a", "b", "c", "d"})
    EXPECT_TRUE(is_projected(index, schema, name)) << name;
  EXPECT_FALSE(is_projected(index, schema, "e"));
  index.projection = ProjectionType::kInclude;
  index.non_key_attributes = {"e"};
  EXPECT_TRUE(is_projected(index, schema, "e"));
  EXPECT_FALSE(is_projected(index, schema, "f"));
  index.projection = ProjectionType::kAll;
  EXPECT_TRUE(is_projected(index, schema, "f"));
}

class ClientItems : public testing::Test {
 protected:
  ClientItems() { table_.indexes = {index_of("later", {{"a", ScalarType::kString}}, {}), kWide}; }

  std::string put(const Item& item) const { return text(check_index_keys(table_, item)); }
  std::string update(const Item& before, const Item& after) const {
    return text(check_updated_index_keys(table_, before, after));
  }

  static std::string text(const Status& status) { return status.ok() ? "ok" : status.error().message; }

  TableSchema table_;
};

TEST_F(ClientItems, MayLeaveOutIndexKeys) {
  EXPECT_EQ(put({}), "ok");
  EXPECT_EQ(put({{"a", S("x")}}), "ok");
}

TEST_F(ClientItems, OfAWrongTypeAreRefusedNamingTheFirstIndexByName) {
  EXPECT_EQ(put({{"a", N(1)}}),
            "One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: N "
            "IndexName: later");
  EXPECT_EQ(
      update({}, {{"c", AttributeValue::null()}}),
      "One or more parameter values were invalid: Type mismatch for Index Key c Expected: S Actual: NULL "
      "IndexName: wide");
}

TEST_F(ClientItems, WithEmptyIndexKeysAreRefused) {
  EXPECT_EQ(
      put({{"a", S("")}}),
      "One or more parameter values are not valid. A value specified for a secondary index key is not "
      "supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: "
      "later, IndexKey: a");
  EXPECT_EQ(
      update({}, {{"d", AttributeValue::binary("")}}),
      "One or more parameter values are not valid. The update expression attempted to update a secondary "
      "index "
      "key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty "
      "binary value.");
}

TEST_F(ClientItems, WithTooLongIndexKeysAreRefused) {
  EXPECT_EQ(put({{"a", S(std::string(2049, 'x'))}}), kPartitionKeyTooLong);
  EXPECT_EQ(put({{"c", S(std::string(1025, 'x'))}}), kSortKeyTooLong);
  EXPECT_EQ(update({}, {{"c", S(std::string(1025, 'x'))}}),
            "The update expression attempted to update the secondary index key beyond allowed size limits");
}

TEST_F(ClientItems, MayKeepWhatWasThereBeforeTheIndex) {
  const Item before = {{"a", N(1)}, {"c", S(std::string(1025, 'x'))}};
  Item after = before;
  after.set("other", N(1));
  EXPECT_EQ(update(before, after), "ok");
}

}  // namespace
}  // namespace gyre
