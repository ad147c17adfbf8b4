// SPDX-License-Identifier: Apache-2.0
#include "core/model/key.h"

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/model/arbitrary_test.h"

namespace gyre {
namespace {

const KeySchema kPlain{{"id", ScalarType::kString}, std::nullopt};
const KeySchema kSorted{{"id", ScalarType::kString}, KeyAttribute{"at", ScalarType::kNumber}};
const KeySchema kBinary{{"id", ScalarType::kBinary}, KeyAttribute{"at", ScalarType::kString}};

AttributeValue text(std::string value) {
  return AttributeValue::string(std::move(value));
}
AttributeValue integer(std::int64_t value) {
  return AttributeValue::number(Number::from_int(value));
}

std::string encoded(const AttributeValue& value) {
  std::string out;
  append_key_value(out, value);
  return out;
}

std::string item_error(const KeySchema& schema, const AttributeMap& item) {
  const Result<ItemKey> key = item_key(schema, item, false);
  return key.ok() ? "ok" : key.error().message;
}

std::string key_error(const KeySchema& schema, const AttributeMap& attributes) {
  const Result<ItemKey> key = item_key(schema, attributes, true);
  return key.ok() ? "ok" : key.error().message;
}

ScalarType any_type() {
  return *rc::gen::element(ScalarType::kString, ScalarType::kNumber, ScalarType::kBinary);
}

AttributeValue any_key_value(ScalarType type) {
  switch (type) {
    case ScalarType::kString:
      return text(arbitrary::bytes(1));
    case ScalarType::kNumber:
      return AttributeValue::number(arbitrary::number());
    default:
      return AttributeValue::binary(arbitrary::bytes(1));
  }
}

int compare(const AttributeValue& a, const AttributeValue& b) {
  const auto sign = [](auto order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
  if (a.is(AttributeType::kNumber)) return sign(a.as_number() <=> b.as_number());
  if (a.is(AttributeType::kString)) return sign(a.as_string().compare(b.as_string()));
  return sign(a.as_binary().compare(b.as_binary()));
}

TEST(KeyValue, EscapesZerosAndEndsByItself) {
  EXPECT_EQ(encoded(text("ab")), std::string("ab\x00\x01", 4));
  EXPECT_EQ(encoded(AttributeValue::binary(std::string("a\0\0", 3))),
            std::string("a\x00\xff\x00\xff\x00\x01", 7));
}

TEST(KeyValue, EverySequenceOfValuesSortsAsTheValuesDoAndComesBack) {
  EXPECT_TRUE(rc::check([] {
    const ScalarType types[] = {any_type(), any_type()};
    const AttributeValue a[] = {any_key_value(types[0]), any_key_value(types[1])};
    const AttributeValue b[] = {any_key_value(types[0]), any_key_value(types[1])};
    const std::string left = encoded(a[0]) + encoded(a[1]);
    const std::string right = encoded(b[0]) + encoded(b[1]);
    const int first = compare(a[0], b[0]);
    const int expected = first != 0 ? first : compare(a[1], b[1]);
    const int actual = left.compare(right);
    RC_ASSERT((actual < 0 ? -1 : actual > 0 ? 1 : 0) == expected);
    if (first != 0) RC_ASSERT(!encoded(a[0]).starts_with(encoded(b[0])));

    ByteReader reader(left);
    RC_ASSERT(read_key_value(reader, types[0]).value() == a[0]);
    RC_ASSERT(read_key_value(reader, types[1]).value() == a[1]);
    RC_ASSERT(reader.at_end());
  }));
}

TEST(KeyValue, AnyBytesAreReadOrRefusedAndWhatIsReadIsWrittenAlike) {
  EXPECT_TRUE(rc::check([] {
    const std::string bytes =
        *rc::gen::container<std::string>(rc::gen::element('\x00', '\x01', '\xff', 'a', '\x82'));
    ByteReader reader(bytes);
    const Result<AttributeValue> value = read_key_value(reader, any_type());
    if (!value.ok()) return;
    RC_ASSERT(encoded(*value) + std::string(reader.rest()) == bytes);
  }));
}

TEST(ItemKey, IsTakenFromAnItemAndTurnsBackIntoAttributes) {
  const Item item = {{"id", text("user")}, {"at", integer(-5)}, {"more", text("x")}};
  const ItemKey key = item_key(kSorted, item, false).value();
  EXPECT_EQ(key.partition, encoded(text("user")));
  EXPECT_EQ(key.sort, encoded(integer(-5)));
  EXPECT_EQ(key.partition_hash, hash64(key.partition));
  const AttributeMap expected = {{"id", text("user")}, {"at", integer(-5)}};
  EXPECT_EQ(key_attributes(kSorted, key).value(), expected);
  EXPECT_EQ(key_of(kSorted, item), expected);
  EXPECT_EQ(item_key(kSorted, expected, true).value(), key);
}

TEST(ItemKey, HasNoSortPartWithoutASortKey) {
  const ItemKey key = item_key(kPlain, {{"id", text("user")}}, true).value();
  EXPECT_TRUE(key.sort.empty());
  EXPECT_EQ(key_attributes(kPlain, key).value(), (AttributeMap{{"id", text("user")}}));
}

TEST(ItemKey, AKeyParameterThatDoesNotFitHasOneMessage) {
  const std::string message = "The provided key element does not match the schema";
  EXPECT_EQ(key_error(kPlain, {}), message);
  EXPECT_EQ(key_error(kPlain, {{"other", text("a")}}), message);
  EXPECT_EQ(key_error(kPlain, {{"id", integer(1)}}), message);
  EXPECT_EQ(key_error(kPlain, {{"id", text("a")}, {"at", integer(1)}}), message);
  EXPECT_EQ(key_error(kSorted, {{"id", text("a")}}), message);
  EXPECT_EQ(key_error(kSorted, {{"id", text("a")}, {"at", integer(1)}, {"more", integer(1)}}), message);
}

TEST(ItemKey, AnItemWithoutItsKeyIsToldWhatIsWrong) {
  const std::string prefix = "One or more parameter values were invalid: ";
  EXPECT_EQ(item_error(kPlain, {}), prefix + "Missing the key id in the item");
  EXPECT_EQ(item_error(kSorted, {{"id", text("a")}}), prefix + "Missing the key at in the item");
  EXPECT_EQ(item_error(kSorted, {{"id", text("a")}, {"at", text("1")}}),
            prefix + "Type mismatch for key at expected: N actual: S");
  EXPECT_EQ(item_error(kPlain, {{"id", AttributeValue::null()}}),
            prefix + "Type mismatch for key id expected: S actual: NULL");
}

TEST(ItemKey, EmptyKeyValuesAreRefused) {
  const std::string prefix =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
      "empty ";
  EXPECT_EQ(item_error(kPlain, {{"id", text("")}}), prefix + "string value. Key: id");
  EXPECT_EQ(key_error(kPlain, {{"id", text("")}}), prefix + "string value. Key: id");
  EXPECT_EQ(item_error(kBinary, {{"id", AttributeValue::binary("")}, {"at", text("a")}}),
            prefix + "binary value. Key: id");
}

TEST(ItemKey, LengthsAreLimitedToWhatDynamoDbTakes) {
  EXPECT_EQ(item_error(kPlain, {{"id", text(std::string(2048, 'a'))}}), "ok");
  EXPECT_EQ(
      item_error(kPlain, {{"id", text(std::string(2049, 'a'))}}),
      "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
      "bytes");
  const AttributeValue id = AttributeValue::binary("b");
  EXPECT_EQ(key_error(kBinary, {{"id", id}, {"at", text(std::string(1024, 'a'))}}), "ok");
  EXPECT_EQ(key_error(kBinary, {{"id", id}, {"at", text(std::string(1025, 'a'))}}),
            "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the "
            "size limit "
            "of 1024 bytes");
}

TEST(ItemKey, ValuesAreCheckedWithoutTheSchemasOtherDemands) {
  const auto refused = [](const AttributeMap& attributes) {
    return !check_key_values(kBinary, attributes).ok();
  };
  EXPECT_FALSE(refused({}));
  EXPECT_FALSE(refused({{"id", text("")}, {"at", integer(1)}, {"more", text("")}}));
  EXPECT_TRUE(refused({{"id", AttributeValue::binary("")}}));
  EXPECT_TRUE(refused({{"at", text("")}}));
  EXPECT_TRUE(refused({{"at", text(std::string(1025, 'a'))}}));
  EXPECT_TRUE(check_key_values(kPlain, {{"id", text("a")}}).ok());
}

TEST(ItemKey, DamagedKeysAreCorruption) {
  const ItemKey good = item_key(kSorted, {{"id", text("a")}, {"at", integer(1)}}, true).value();
  ItemKey longer = good;
  longer.sort.push_back('x');
  ItemKey shorter = good;
  shorter.partition.pop_back();
  EXPECT_EQ(key_attributes(kSorted, longer).error().code, ErrorCode::kCorruption);
  EXPECT_EQ(key_attributes(kSorted, shorter).error().code, ErrorCode::kCorruption);
  EXPECT_EQ(key_attributes(kPlain, good).error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace gyre
