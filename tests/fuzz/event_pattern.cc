// SPDX-License-Identifier: Apache-2.0
// Any text as an event pattern: what is taken matches records of all types just as the slow oracle says, in
// both modes, and whatever AWS's mode takes typed mode takes as well.
#include <array>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "streams/patterns/event_filter.h"
#include "streams/patterns/pattern_oracle_test.h"
#include "streams/patterns/record_fixture_test.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

struct Example {
  storage::ChangeRecord record;
  std::string json = {};
};

Example example(const Item& item, const Item& old_item) {
  Example made{.record = streams::record_of(item, old_item)};
  made.json = streams::lambda_json(made.record);
  return made;
}

const std::vector<Example>& examples() {
  static const std::vector<Example> examples = [] {
    const auto text = [](const char* value) { return AttributeValue::string(value); };
    const auto number = [](const char* value) {
      return AttributeValue::number(Number::parse(value).value());
    };
    const auto line = [&](const char* sku, const char* count) {
      return AttributeValue::map({{"sku", text(sku)}, {"count", number(count)}});
    };
    const Item whole = {{"$or", text("x")},
                        {"a", text("Ab")},
                        {"a.b", number("1.5")},
                        {"id", text("k")},
                        {"l", AttributeValue::list({line("a", "1"), line("b", "2"), number("3")})},
                        {"n", number("100")},
                        {"no", AttributeValue::null()},
                        {"s", AttributeValue::string_set({"x", "y"}).value()},
                        {"t", AttributeValue::boolean(true)},
                        {"z", AttributeValue::binary("\xff")}};
    return std::vector<Example>{example(whole, {}), example({{"id", text("k")}}, whole)};
  }();
  return examples;
}

void use(const std::string& text, streams::PatternMode mode, const streams::EventFilter& filter) {
  for (const Example& example : examples()) {
    Work work;
    const bool matches = filter.matches(example.record, streams::example_view(), work).value();
    CHECK(matches == streams::oracle::matches(text, example.json, mode));
  }
}

}  // namespace

void fuzz(std::string_view bytes) {
  const std::vector<std::string> patterns = {std::string(bytes)};
  const auto aws = streams::EventFilter::compile(patterns, streams::PatternMode::kAws);
  const auto typed = streams::EventFilter::compile(patterns, streams::PatternMode::kTyped);
  CHECK(typed.ok() || !aws.ok());
  if (aws.ok()) use(patterns[0], streams::PatternMode::kAws, *aws);
  if (typed.ok()) use(patterns[0], streams::PatternMode::kTyped, *typed);
}

}  // namespace gyre
