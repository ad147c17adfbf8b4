// SPDX-License-Identifier: Apache-2.0
#include "core/model/item_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/work.h"
#include "core/model/arbitrary_test.h"

namespace gyre {
namespace {

using ::testing::ElementsAre;

AttributeValue text(std::string value) {
  return AttributeValue::string(std::move(value));
}

bool is_damaged(std::string_view bytes) {
  const Result<Item> item = decode_item(bytes);
  return !item.ok() && item.error().code == ErrorCode::kCorruption;
}

// Bytes with zeros in them.
template <std::size_t size>
std::string raw(const char (&literal)[size]) {
  return std::string(literal, size - 1);
}

// Walks an item without building it; what it says must be what decode_item says.
bool walk_accepts(std::string_view bytes) {
  EncodedReader reader(bytes);
  return reader.item([&](std::string_view) { return reader.skip_value(); }).ok();
}

AttributeValue wrapped(AttributeValue value, int times) {
  for (; times > 0; --times) value = AttributeValue::list({std::move(value)});
  return value;
}

TEST(ItemCodec, BytesAreTheDocumentedOnes) {
  EXPECT_EQ(encode_item({}), raw("\x00"));
  EXPECT_EQ(encode_item({{"b", AttributeValue::boolean(true)}, {"a", text("xy")}}), raw("\x02\x01"
                                                                                        "a\x04\x02xy\x01"
                                                                                        "b\x02"));
  EXPECT_EQ(
      encode_item({{"l", AttributeValue::list({AttributeValue::null(), AttributeValue::boolean(false)})},
                   {"m", AttributeValue::map({{"", AttributeValue::binary("z")}})},
                   {"n", AttributeValue::number(Number::from_int(1))}}),
      raw("\x03\x01l\x06\x02\x00\x01\x01m\x07\x01\x00\x05\x01z\x01n\x03\x82\x82\x14"));
  EXPECT_EQ(encode_item({{"s", AttributeValue::string_set({"b", "a"}).value()},
                         {"t", AttributeValue::number_set({Number::from_int(1), Number()}).value()},
                         {"u", AttributeValue::binary_set({"x"}).value()}}),
            raw("\x03\x01s\x08\x02\x01"
                "a\x01"
                "b\x01t\x09\x02\x7f\x82\x82\x14\x01u\x0a\x01\x01x"));
}

TEST(ItemCodec, EveryItemComesBackAndEqualItemsAreEqualBytes) {
  EXPECT_TRUE(rc::check([] {
    const Item a = arbitrary::attributes(4);
    const Item b = arbitrary::attributes(2);
    const std::string bytes = encode_item(a);
    RC_ASSERT(decode_item(bytes).value() == a);
    RC_ASSERT(walk_accepts(bytes));
    RC_ASSERT((bytes == encode_item(b)) == (a == b));
  }));
}

TEST(ItemCodec, EveryValueComesBack) {
  EXPECT_TRUE(rc::check([] {
    const AttributeValue value = arbitrary::value(4);
    std::string bytes;
    append_value(bytes, value);
    RC_ASSERT(decode_value(bytes).value() == value);
    RC_ASSERT(!decode_value(bytes + "x").ok());
  }));
}

TEST(ItemCodec, DamagedBytesAreRefusedOrAreAnotherItemsCanonicalBytes) {
  EXPECT_TRUE(rc::check([] {
    std::string bytes = encode_item(arbitrary::attributes(3));
    const auto at = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(bytes.size())));
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        bytes[at] = *rc::gen::arbitrary<char>();
        break;
      case 1:
        bytes.erase(at, 1);
        break;
      default:
        bytes.insert(at, 1, *rc::gen::inRange('\x00', '\x0c'));
        break;
    }
    const Result<Item> item = decode_item(bytes);
    RC_ASSERT(item.ok() == walk_accepts(bytes));
    if (item.ok()) RC_ASSERT(encode_item(*item) == bytes);
  }));
}

TEST(ItemCodec, CutAndLengthenedBytesAreRefused) {
  const std::string bytes =
      encode_item({{"a", wrapped(text("x"), 3)}, {"b", AttributeValue::string_set({"y"}).value()}});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_TRUE(is_damaged(bytes.substr(0, size))) << size;
  EXPECT_TRUE(is_damaged(bytes + raw("\x00")));
}

TEST(ItemCodec, SpellingsThatAreNotCanonicalAreRefused) {
  EXPECT_FALSE(
      is_damaged(raw("\x02\x01"
                     "a\x00\x01"
                     "b\x00")));
  EXPECT_TRUE(
      is_damaged(raw("\x02\x01"
                     "b\x00\x01"
                     "a\x00")));  // names out of order
  EXPECT_TRUE(
      is_damaged(raw("\x02\x01"
                     "a\x00\x01"
                     "a\x00")));                                      // a name twice
  EXPECT_TRUE(is_damaged(raw("\x81\x00\x01s\x00")));                  // a long count
  EXPECT_TRUE(is_damaged(raw("\x01\x01s\x0b")));                      // an unknown tag
  EXPECT_TRUE(is_damaged(raw("\x01\x01s\x08\x00")));                  // an empty set
  EXPECT_TRUE(is_damaged(raw("\x01\x01s\x08\x02\x01x\x01x")));        // a member twice
  EXPECT_TRUE(is_damaged(raw("\x01\x01s\x09\x02\x82\x82\x14\x7f")));  // numbers out of order
}

TEST(ItemCodec, NestsAsDeepAsDynamoDbAllowsAndNoDeeper) {
  const Item deepest = {{"a", wrapped(text("x"), limits::kNestingLevelsMax - 1)}};
  const std::string bytes = encode_item(deepest);
  EXPECT_EQ(decode_item(bytes).value(), deepest);
  EXPECT_TRUE(walk_accepts(bytes));

  const std::string deeper = raw("\x01\x01"
                                 "a") +
                             std::string("\x06\x01") + bytes.substr(3);
  EXPECT_TRUE(is_damaged(deeper));
  EXPECT_FALSE(walk_accepts(deeper));
  std::string endless =
      raw("\x01\x01"
          "a");
  for (int i = 0; i < 1'000'000; ++i) endless.append("\x06\x01");
  EXPECT_TRUE(is_damaged(endless));
}

TEST(ItemCodec, DecodingIsCountedByBytesValuesAndMaps) {
  const auto units_of = [](AttributeValue value) {
    const std::string bytes = encode_item({{"a", std::move(value)}});
    Work work;
    EXPECT_TRUE(decode_item(bytes, work).ok());
    return work.units();
  };
  constexpr std::size_t kValues = 1000;
  EXPECT_GE(units_of(text(std::string(100'000, 'a'))), 100'000U);
  EXPECT_LE(units_of(text(std::string(100'000, 'a'))), 101'000U);
  EXPECT_GE(units_of(AttributeValue::list(AttributeValue::List(kValues, AttributeValue::null()))),
            kValues * limits::kDecodedValueUnits);
  EXPECT_GE(units_of(AttributeValue::list(AttributeValue::List(kValues, AttributeValue::map({})))),
            kValues * (limits::kDecodedValueUnits + limits::kDecodedMapUnits));
}

TEST(ItemCodec, ACountThatLiesTakesNoMemory) {
  // Each level claims as many elements as there are bytes left.
  std::string bytes =
      raw("\x01\x01"
          "a");
  for (int level = 0; level < limits::kNestingLevelsMax; ++level) {
    bytes.push_back('\x06');
    append_varint(bytes, 60'000'000);
  }
  bytes.append(64'000'000, '\x0b');
  EXPECT_TRUE(is_damaged(bytes));
}

TEST(EncodedReader, ShowsNamesTypesAndPayloadsInPlace) {
  const std::string bytes =
      encode_item({{"flag", AttributeValue::boolean(true)},
                   {"list", AttributeValue::list({text("x"), text("y")})},
                   {"number", AttributeValue::number(Number::from_int(-42))},
                   {"numbers", AttributeValue::number_set({Number::from_int(7)}).value()},
                   {"set", AttributeValue::binary_set({"p", "q"}).value()}});
  std::vector<std::string> seen;
  EncodedReader reader(bytes);
  const Status status = reader.item([&](std::string_view name) -> Status {
    EXPECT_TRUE(name.data() >= bytes.data() && name.data() < bytes.data() + bytes.size());
    ASSIGN_OR_RETURN(const EncodedValue value, reader.value());
    seen.push_back(std::string(name) + ":" + std::string(attribute_type_name(value.type)));
    switch (value.type) {
      case AttributeType::kBool:
        seen.push_back(value.boolean ? "true" : "false");
        return {};
      case AttributeType::kNumber:
        seen.push_back(value.number.to_string());
        return {};
      case AttributeType::kList:
        return reader.for_each_element(value, [&]() -> Status {
          ASSIGN_OR_RETURN(const EncodedValue element, reader.value());
          seen.emplace_back(element.bytes);
          return {};
        });
      case AttributeType::kBinarySet:
        return reader.for_each_member(value, [&](std::string_view member) { seen.emplace_back(member); });
      case AttributeType::kNumberSet:
        return reader.for_each_number(value,
                                      [&](const Number& member) { seen.push_back(member.to_string()); });
      default:
        return Error::internal("not in this item");
    }
  });
  EXPECT_TRUE(status.ok());
  EXPECT_THAT(seen, ElementsAre("flag:BOOL", "true", "list:L", "x", "y", "number:N", "-42", "numbers:NS", "7",
                                "set:BS", "p", "q"));
}

TEST(EncodedReader, CarriesAVisitorsErrorOut) {
  const std::string bytes = encode_item({{"a", text("x")}});
  EncodedReader reader(bytes);
  const Status status = reader.item([](std::string_view) -> Status { return Error::validation("enough"); });
  EXPECT_EQ(status.error().message, "enough");
}

}  // namespace
}  // namespace gyre
