// SPDX-License-Identifier: Apache-2.0
#include "core/model/attribute_value.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include "core/base/base64.h"
#include "core/base/check.h"

namespace gyre {
namespace {

// The place of `name`, or where it would stand. Names mostly come in order, so the end is looked at first.
template <class Attributes>
auto place_of(Attributes& attributes, std::string_view name) {
  if (attributes.empty() || attributes.back().name < name) return attributes.end();
  return std::lower_bound(
      attributes.begin(), attributes.end(), name,
      [](const Attribute& attribute, std::string_view wanted) { return attribute.name < wanted; });
}

template <class Attributes>
auto find_in(Attributes& attributes, std::string_view name) -> decltype(&attributes.front().value) {
  const auto at = place_of(attributes, name);
  return at != attributes.end() && at->name == name ? &at->value : nullptr;
}

}  // namespace

AttributeMap::AttributeMap() = default;
AttributeMap::AttributeMap(const AttributeMap&) = default;
AttributeMap::AttributeMap(AttributeMap&&) noexcept = default;
AttributeMap& AttributeMap::operator=(const AttributeMap&) = default;
AttributeMap& AttributeMap::operator=(AttributeMap&&) noexcept = default;
AttributeMap::~AttributeMap() = default;

AttributeMap::AttributeMap(std::initializer_list<Attribute> attributes) {
  attributes_.reserve(attributes.size());
  for (const Attribute& attribute : attributes) CHECK(insert(attribute.name, attribute.value));
}

std::optional<AttributeMap> AttributeMap::from_unsorted(Storage attributes) {
  std::sort(attributes.begin(), attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
  const auto twice =
      std::adjacent_find(attributes.begin(), attributes.end(),
                         [](const Attribute& a, const Attribute& b) { return a.name == b.name; });
  if (twice != attributes.end()) return std::nullopt;
  AttributeMap map;
  map.attributes_ = std::move(attributes);
  return map;
}

const AttributeValue* AttributeMap::find(std::string_view name) const {
  return find_in(attributes_, name);
}
AttributeValue* AttributeMap::find(std::string_view name) {
  return find_in(attributes_, name);
}

AttributeValue& AttributeMap::set(std::string name, AttributeValue value) {
  const auto at = place_of(attributes_, name);
  if (at != attributes_.end() && at->name == name) return at->value = std::move(value);
  return attributes_.insert(at, Attribute{std::move(name), std::move(value)})->value;
}

bool AttributeMap::insert(std::string name, AttributeValue value) {
  const auto at = place_of(attributes_, name);
  if (at != attributes_.end() && at->name == name) return false;
  attributes_.insert(at, Attribute{std::move(name), std::move(value)});
  return true;
}

bool AttributeMap::erase(std::string_view name) {
  const auto at = place_of(attributes_, name);
  if (at == attributes_.end() || at->name != name) return false;
  attributes_.erase(at);
  return true;
}

void AttributeMap::change(std::vector<AttributeChange> changes) {
  // What is there already is replaced where it stands; most updates do no more.
  std::size_t left = 0;
  for (AttributeChange& change : changes) {
    AttributeValue* const there = find(change.name);
    if (change.value && there != nullptr) {
      *there = *std::move(change.value);
    } else if (change.value || there != nullptr) {
      if (&changes[left] != &change) changes[left] = std::move(change);
      ++left;
    }
  }
  changes.resize(left);
  if (changes.empty()) return;

  Storage merged;
  merged.reserve(attributes_.size() + changes.size());
  auto old = attributes_.begin();
  for (AttributeChange& change : changes) {
    const auto at = place_of(attributes_, change.name);
    CHECK(at >= old);
    merged.insert(merged.end(), std::move_iterator(old), std::move_iterator(at));
    old = at;
    if (change.value) {
      merged.push_back({std::move(change.name), *std::move(change.value)});
    } else {
      ++old;
    }
  }
  merged.insert(merged.end(), std::move_iterator(old), std::move_iterator(attributes_.end()));
  attributes_ = std::move(merged);
}

std::size_t AttributeMap::size() const {
  return attributes_.size();
}
bool AttributeMap::empty() const {
  return attributes_.empty();
}
void AttributeMap::reserve(std::size_t count) {
  attributes_.reserve(count);
}
AttributeMap::Storage::const_iterator AttributeMap::begin() const {
  return attributes_.begin();
}
AttributeMap::Storage::const_iterator AttributeMap::end() const {
  return attributes_.end();
}
bool AttributeMap::operator==(const AttributeMap& other) const {
  return attributes_ == other.attributes_;
}

std::string_view attribute_type_name(AttributeType type) {
  switch (type) {
    case AttributeType::kString:
      return "S";
    case AttributeType::kNumber:
      return "N";
    case AttributeType::kBinary:
      return "B";
    case AttributeType::kBool:
      return "BOOL";
    case AttributeType::kNull:
      return "NULL";
    case AttributeType::kMap:
      return "M";
    case AttributeType::kList:
      return "L";
    case AttributeType::kStringSet:
      return "SS";
    case AttributeType::kNumberSet:
      return "NS";
    case AttributeType::kBinarySet:
      return "BS";
  }
  CHECK(false);
  return {};
}

namespace {

constexpr const char* kInvalid = "One or more parameter values were invalid: ";

// "[a, b]", each member as `text` shows it.
template <class Text>
std::string listed(const std::vector<std::string>& members, std::string_view separator, Text text) {
  std::string out = "[";
  for (const std::string& member : members) {
    if (&member != &members.front()) out.append(separator);
    out.append(text(member));
  }
  return out.append("]");
}

// As AWS reads a set before it tells of a duplicate: what came before the duplicate is in order by then, the
// rest stands as it was sent.
std::vector<std::string> as_read(std::vector<std::string> members) {
  std::set<std::string_view> seen;
  auto end = members.begin();
  while (seen.insert(*end).second) ++end;  // there is a duplicate
  std::sort(members.begin(), end);
  return members;
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

// The members in order, or nullopt if one occurs twice. Keeps `members` as they were in that case, for the
// message.
template <class T>
std::optional<std::vector<T>> sorted_set(std::vector<T>& members) {
  const auto not_rising = [](const T& a, const T& b) { return !(a < b); };
  if (std::adjacent_find(members.begin(), members.end(), not_rising) == members.end())
    return std::move(members);
  std::vector<T> sorted = members;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  return sorted;
}

}  // namespace

// The messages of the three kinds differ in AWS itself, double blanks and missing ones included.

Result<AttributeValue> AttributeValue::string_set(std::vector<std::string> members) {
  if (members.empty()) return Error::validation(std::string(kInvalid) + "An string set  may not be empty");
  auto sorted = sorted_set(members);
  if (!sorted) {
    const auto refusal = [](const std::string& input) {
      return kInvalid + ("Input collection " + input) + " contains duplicates.";
    };
    return Error::validation(refusal(listed(as_read(members), ", ", quoted)))
        .or_in_older_words(refusal(listed(members, ", ", [](const std::string& member) { return member; })));
  }
  return AttributeValue(Variant(StringSet{*std::move(sorted)}));
}

Result<AttributeValue> AttributeValue::number_set(std::vector<Number> members) {
  if (members.empty()) return Error::validation(std::string(kInvalid) + "An number set  may not be empty");
  auto sorted = sorted_set(members);
  if (!sorted) {
    return Error::validation(std::string(kInvalid) + "Input collection contains duplicates.")
        .or_in_older_words("Input collection contains duplicates");
  }
  return AttributeValue(Variant(NumberSet{*std::move(sorted)}));
}

Result<AttributeValue> AttributeValue::binary_set(std::vector<std::string> members) {
  if (members.empty()) return Error::validation(std::string(kInvalid) + "Binary sets should not be empty");
  auto sorted = sorted_set(members);
  if (!sorted) {
    const auto refusal = [](const std::string& input) {
      return kInvalid + ("Input collection " + input) + "of type BS contains duplicates.";
    };
    const auto quoted_bytes = [](const std::string& member) { return quoted(base64(member)); };
    return Error::validation(refusal(listed(as_read(members), ",", quoted_bytes)))
        .or_in_older_words(
            refusal(listed(members, ", ", [](const std::string& member) { return base64(member); })));
  }
  return AttributeValue(Variant(BinarySet{*std::move(sorted)}));
}

namespace {

constexpr std::size_t kContainerBytes = 3;
constexpr std::size_t kElementBytes = 1;

std::size_t total_bytes(const std::vector<std::string>& members) {
  std::size_t bytes = 0;
  for (const std::string& member : members) bytes += member.size();
  return bytes;
}

}  // namespace

std::size_t dynamodb_size(const AttributeValue& value) {
  std::size_t bytes = 0;
  switch (value.type()) {
    case AttributeType::kString:
      return value.as_string().size();
    case AttributeType::kNumber:
      return value.as_number().dynamodb_size();
    case AttributeType::kBinary:
      return value.as_binary().size();
    case AttributeType::kBool:
    case AttributeType::kNull:
      return 1;
    case AttributeType::kMap:
      return kContainerBytes + kElementBytes * value.as_map().size() + dynamodb_size(value.as_map());
    case AttributeType::kList:
      for (const AttributeValue& element : value.as_list()) bytes += kElementBytes + dynamodb_size(element);
      return kContainerBytes + bytes;
    case AttributeType::kStringSet:
      return total_bytes(value.as_string_set());
    case AttributeType::kNumberSet:
      for (const Number& member : value.as_number_set()) bytes += member.dynamodb_size();
      return bytes;
    case AttributeType::kBinarySet:
      return total_bytes(value.as_binary_set());
  }
  CHECK(false);
  return 0;
}

std::size_t dynamodb_size(const Item& item) {
  std::size_t bytes = 0;
  for (const Attribute& attribute : item) bytes += attribute.name.size() + dynamodb_size(attribute.value);
  return bytes;
}

int nesting_levels(const AttributeValue& value) {
  int below = 0;
  if (value.is(AttributeType::kList)) {
    for (const AttributeValue& element : value.as_list()) below = std::max(below, nesting_levels(element));
  } else if (value.is(AttributeType::kMap)) {
    for (const Attribute& attribute : value.as_map())
      below = std::max(below, nesting_levels(attribute.value));
  }
  return below + 1;
}

Error nested_too_deep() {
  return Error::validation(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
      "supported limit");
}

}  // namespace gyre
