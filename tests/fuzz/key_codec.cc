// SPDX-License-Identifier: Apache-2.0
// Any bytes as keys, numbers and versions of another region: one spelling for each, and bytes that sort as
// values do. Any text as a number.
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/model/key.h"
#include "core/model/number.h"
#include "core/model/version.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

// What `reader` has taken of `bytes`.
std::string_view taken(std::string_view bytes, const ByteReader& reader) {
  return bytes.substr(0, bytes.size() - reader.rest().size());
}

bool is_less(const AttributeValue& a, const AttributeValue& b) {
  if (a.is(AttributeType::kNumber)) return a.as_number() < b.as_number();
  if (a.is(AttributeType::kString)) return a.as_string() < b.as_string();
  return a.as_binary() < b.as_binary();
}

struct Key {
  AttributeValue value;
  std::string_view bytes;
};

std::optional<Key> read_key(std::string_view bytes, ScalarType type) {
  ByteReader reader(bytes);
  auto value = read_key_value(reader, type);
  if (!value.ok()) return std::nullopt;
  std::string again;
  append_key_value(again, *value);
  CHECK(again == taken(bytes, reader));
  return Key{std::move(*value), taken(bytes, reader)};
}

void fuzz_keys(std::string_view bytes, ScalarType type) {
  const auto first = read_key(bytes, type);
  if (!first) return;
  const auto second = read_key(bytes.substr(first->bytes.size()), type);
  if (!second) return;
  CHECK((first->bytes < second->bytes) == is_less(first->value, second->value));
  CHECK((first->bytes == second->bytes) == (first->value == second->value));
  CHECK(first->bytes == second->bytes || !second->bytes.starts_with(first->bytes));
}

void fuzz_versions(std::string_view bytes) {
  std::string again;
  ByteReader version_reader(bytes);
  if (const auto version = read_version(version_reader); version.ok()) {
    append_version(again, *version);
    CHECK(again == taken(bytes, version_reader));
  }
  again.clear();
  ByteReader vector_reader(bytes);
  if (const auto vector = VersionVector::read(vector_reader); vector.ok()) {
    vector->append(again);
    CHECK(again == taken(bytes, vector_reader));
    CHECK(vector->covers(*vector));
  }
}

void check_number(const Number& number) {
  CHECK(Number::parse(number.to_string()).value() == number);
  std::string ordered;
  number.append_ordered(ordered);
  ByteReader reader(ordered);
  CHECK(Number::read_ordered(reader).value() == number && reader.at_end());
}

// Two numbers with a blank between them.
void fuzz_numbers(std::string_view text) {
  const std::size_t blank = text.find(' ');
  const auto a = Number::parse(text.substr(0, blank));
  if (!a.ok()) return;
  check_number(*a);
  if (blank == std::string_view::npos) return;
  const auto b = Number::parse(text.substr(blank + 1));
  if (!b.ok()) return;
  const auto sum = Number::add(*a, *b);
  if (!sum.ok()) return;
  check_number(*sum);
  CHECK(Number::add(*b, *a).value() == *sum);
  CHECK(Number::subtract(*sum, *b).value() == *a);
}

}  // namespace

void fuzz(std::string_view bytes) {
  for (const ScalarType type : {ScalarType::kString, ScalarType::kNumber, ScalarType::kBinary}) {
    fuzz_keys(bytes, type);
  }
  fuzz_versions(bytes);
  fuzz_numbers(bytes);
}

}  // namespace gyre
