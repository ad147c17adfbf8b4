// SPDX-License-Identifier: Apache-2.0
// Random patterns on random records: the compiled matcher, which reads the encoded record, answers what the
// slow oracle answers on the JSON of the same record.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "streams/patterns/event_filter.h"
#include "streams/patterns/pattern_oracle_test.h"
#include "streams/patterns/record_fixture_test.h"

namespace gyre::streams {
namespace {

// Few names and few values, so that patterns and records meet.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Item item(int levels) {
    Item item;
    for (std::uint64_t more = random_.below(4); more > 0; --more) item.set(name(), value(levels));
    return item;
  }

  std::string pattern() {
    std::string text = "{";
    const std::uint64_t form = random_.below(8);
    if (form < 2) text += R"("eventName":)" + alternatives() + (form == 0 ? "," : "}");
    if (form == 1) return text;
    const char* image = random_.below(4) > 0 ? "NewImage" : "OldImage";
    if (form == 2) return text + R"("dynamodb":{"SizeBytes":)" + alternatives() + "}}";
    return text + R"("dynamodb":{")" + image + R"(":)" + object(3) + "}}";
  }

 private:
  std::string pick(std::initializer_list<const char*> choices) {
    return *(choices.begin() + random_.below(choices.size()));
  }
  std::string name() { return pick({"a", "b", "$or"}); }
  std::string word() { return pick({"", "x", "X", "xy", "y", "1", "INSERT"}); }
  std::string digits() { return pick({"1", "2", "1.5", "-3"}); }

  AttributeValue value(int levels) {
    switch (random_.below(levels > 1 ? 8 : 6)) {
      case 0:
        return AttributeValue::boolean(random_.below(2) == 0);
      case 1:
        return AttributeValue::number(Number::parse(digits()).value());
      case 2:
        return AttributeValue::string_set(random_.below(2) == 0 ? std::vector<std::string>{"x", "y"}
                                                                : std::vector<std::string>{"xy"})
            .value();
      case 3:
        return AttributeValue::number_set({Number::from_int(1), Number::from_int(2)}).value();
      case 4:
      case 5:
        return AttributeValue::string(word());
      case 6:
        return AttributeValue::map(item(levels - 1));
      default: {
        AttributeValue::List elements;
        for (std::uint64_t more = random_.below(4); more > 0; --more) elements.push_back(value(levels - 1));
        return AttributeValue::list(std::move(elements));
      }
    }
  }

  // Attributes, each with its type: what is in an image or in an M.
  std::string object(int levels) {
    std::string text = "{";
    std::vector<std::string> names = {"a", "b"};
    const std::uint64_t count = 1 + random_.below(2);
    for (std::uint64_t i = 0; i < count; ++i)
      text += (i > 0 ? ",\"" : "\"") + names[i] + "\":" + typed(levels);
    // What the $or says comes twice if it is said outside of it too: the parser refuses that.
    if (levels > 1 && random_.below(4) == 0) {
      text += R"(,"$or":[{"b":)" + typed(levels - 1) + R"(},{"a":)" + typed(levels - 1) + "}]";
    }
    return text + "}";
  }

  std::string typed(int levels) {
    std::string text = "{";
    std::vector<std::string> types = {"S", "N", "SS", "NS", "BOOL"};
    const std::uint64_t first = random_.below(types.size());
    switch (random_.below(levels > 1 ? 5 : 2)) {
      case 0:
        return alternatives();  // without a type: no value is there
      case 2:
        return R"({"M":)" + object(levels - 1) + "}";
      case 3:
        return R"({"L":{"M":)" + object(levels - 1) + "}}";
      case 4:
        return R"({"L":)" + typed(levels - 1) + "}";
      default:
        text += "\"" + types[first] + "\":" + alternatives();
        if (random_.below(4) == 0) text += ",\"" + types[(first + 1) % types.size()] + "\":" + alternatives();
        return text + "}";
    }
  }

  std::string alternatives() {
    std::string text = "[" + test();
    for (std::uint64_t more = random_.below(3); more > 0; --more) text += "," + test();
    return text + "]";
  }

  std::string test() {
    switch (random_.below(12)) {
      case 0:
        return R"({"prefix":")" + word() + "\"}";
      case 1:
        return R"({"suffix":")" + word() + "\"}";
      case 2:
        return R"({"equals-ignore-case":")" + word() + "\"}";
      case 3:
        return R"({"prefix":{"equals-ignore-case":")" + word() + "\"}}";
      case 4:
        return R"({"anything-but":[")" + word() + "\",\"" + word() + "\"]}";
      case 5:
        return R"({"anything-but":)" + digits() + "}";
      case 6:
        return R"({"exists":)" + pick({"true", "false"}) + "}";
      case 7:
        return R"({"numeric":[")" + pick({"=", "<", "<=", ">", ">="}) + "\"," + digits() + "]}";
      case 8:
        return R"({"numeric":[">",-4,"<=",)" + digits() + "]}";
      case 9:
        return pick({"null", "true", "false"});
      case 10:
        return digits();
      default:
        return "\"" + word() + "\"";
    }
  }

  SeededRandom random_;
};

TEST(EventFilterProperty, TheMatcherAgreesWithTheOracle) {
  std::size_t taken = 0;
  std::size_t matched = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Generator generator(seed);
    const std::vector<std::string> patterns = {generator.pattern()};
    const auto mode = seed % 2 == 0 ? PatternMode::kAws : PatternMode::kTyped;
    const auto filter = EventFilter::compile(patterns, mode);
    if (!filter.ok()) continue;
    ++taken;
    for (int records = 0; records < 4; ++records) {
      const auto record = record_of(generator.item(3), generator.item(3));
      const std::string json = lambda_json(record);
      Work work;
      const bool matches = filter->matches(record, example_view(), work).value();
      ASSERT_EQ(matches, oracle::matches(patterns[0], json, mode))
          << "seed " << seed << "\npattern " << patterns[0] << "\nevent " << json;
      matched += matches;
    }
  }
  // The test would be worth little if most patterns were refused, or if nearly none or nearly all matched.
  EXPECT_GT(taken, 2000U);
  EXPECT_GT(matched, taken / 3);
  EXPECT_LT(matched, taken * 3);
}

}  // namespace
}  // namespace gyre::streams
