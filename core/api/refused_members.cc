// SPDX-License-Identifier: Apache-2.0
#include "core/api/refused_members.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "core/api/arn.h"
#include "core/api/names.h"
#include "core/api/table_reference.h"
#include "core/base/check.h"
#include "core/json/typed_read.h"

namespace gyre::api {
namespace {

using json::Bounds;
using json::Member;
using json::Presence;
using json::Shape;
using json::Type;

std::string shown(const json::Value& value, const Shape& shape);

/// "KeySchemaElement(attributeName=pk, keyType=HASH)"
std::string shown_with_members(const json::Value& object, const Shape& shape) {
  std::string members;
  for (const Member& member : shape.members) {
    const std::optional<json::Value> value = object.find(member.name);
    members += fmt::format("{}{}={}", members.empty() ? "" : ", ", camel_case(member.name),
                           value ? shown(*value, *member.shape) : "null");
  }
  return fmt::format("{}({})", shape.name, members);
}

/// A value as Java shows it.
std::string shown(const json::Value& value, const Shape& shape) {
  if (value.is_null()) return "null";
  std::string parts;
  const auto add = [&parts](const std::string& part) {
    parts.append(parts.empty() ? "" : ", ").append(part);
  };
  switch (shape.type) {
    case Type::kString:
    case Type::kBlob:
      return std::string(value.as_string());
    case Type::kBoolean:
      return value.as_bool() ? "true" : "false";
    case Type::kInteger:
    case Type::kLong:
      return std::to_string(json::read_integer(value, "Long").value());
    case Type::kDouble:
    case Type::kTimestamp:
      return fmt::format("{}", value.as_double());
    case Type::kStructure:
      return shape.shown_by_members ? shown_with_members(value, shape) : java_object(value, shape.name);
    case Type::kList:
      for (json::ElementCursor at(value); !at.at_end(); at.advance()) add(shown(at.value(), *shape.element));
      return "[" + parts + "]";
    case Type::kMap:
      for (json::MemberCursor at(value); !at.at_end(); at.advance()) {
        add(fmt::format("{}={}", at.name(), shown(at.value(), *shape.element)));
      }
      return "{" + parts + "}";
  }
  return {};
}

std::string broken_bound(std::string_view what, std::int64_t is, const Bounds& bounds) {
  if (is < bounds.least)
    return fmt::format("Member must have {} greater than or equal to {}", what, bounds.least);
  if (is > bounds.most) return fmt::format("Member must have {} less than or equal to {}", what, bounds.most);
  return {};
}

std::string broken_choice(std::string_view text, std::span<const std::string_view> choices) {
  if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) return {};
  std::string all;
  for (const std::string_view choice : choices) all.append(all.empty() ? "" : ", ").append(choice);
  return fmt::format("Member must satisfy enum value set: [{}]", all);
}

// Operations that are built have no other pattern than that of names, which a test holds.
std::string broken_pattern(std::string_view text, std::string_view pattern) {
  if (pattern != kNamePattern || has_name_characters(text)) return {};
  return fmt::format("Member must satisfy regular expression pattern: {}", pattern);
}

std::string broken_text(std::string_view text, const Shape& shape) {
  std::string broken = broken_bound("length", static_cast<std::int64_t>(text.size()), shape.bounds);
  if (broken.empty()) broken = broken_choice(text, shape.choices);
  return broken.empty() ? broken_pattern(text, shape.pattern) : broken;
}

/// The constraint that a value itself does not satisfy; empty if it satisfies all.
std::string broken_constraint(const json::Value& value, const Shape& shape) {
  switch (shape.type) {
    case Type::kString:
      return broken_text(value.as_string(), shape);
    case Type::kInteger:
    case Type::kLong:
      return broken_bound("value", json::read_integer(value, "Long").value(), shape.bounds);
    case Type::kList:
    case Type::kMap:
      return broken_bound("length", static_cast<std::int64_t>(value.size()), shape.bounds);
    default:
      return {};
  }
}

class Walk {
 public:
  Walk(const RequestReader& request, const RegionId& region, std::span<const WordedMember> worded)
      : request_(request), region_(region), worded_(worded) {}

  void members(const json::Value& object, const Shape& shape, const std::string& path) {
    for (const Member& member : shape.members) {
      if (full()) return;
      const auto worded = std::find_if(worded_.begin(), worded_.end(), [&](const WordedMember& other) {
        return path.empty() && other.member == member.name;
      });
      if (worded != worded_.end()) {
        worded->add(request_, region_, sentences_);
        continue;
      }
      const std::string at = path + (path.empty() ? "" : ".") + camel_case(member.name);
      const std::optional<json::Value> value = object.find(member.name);
      if (value) {
        visit(*value, *member.shape, at);
      } else if (member.presence == Presence::kRequired) {
        sentences_.push_back(
            fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null", at));
      }
    }
  }

  Sentences take() && {
    if (full()) sentences_.resize(kSentencesMax);
    return std::move(sentences_);
  }

 private:
  bool full() const { return sentences_.size() >= kSentencesMax; }

  void visit(const json::Value& value, const Shape& shape, const std::string& path) {
    if (shape.own_words || value.is_null()) return;
    if (shape.table_name) return table(value.as_string(), path);
    const std::string broken = broken_constraint(value, shape);
    if (!broken.empty()) {
      sentences_.push_back(fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}",
                                       shown(value, shape), path, broken));
    }
    inside(value, shape, path);
  }

  void table(std::string_view text, const std::string& path) {
    if (text.empty()) return add(constraint_error(text, path, kNotEmpty));
    const Result<std::string> name = is_arn(text) ? table_name_of_arn(text, region_) : std::string(text);
    if (!name.ok()) return;  // the operation says what is wrong with an ARN
    const Status checked = check_table_name(*name, path);
    if (!checked.ok()) add(checked.error());
  }

  void add(const Error& refusal) {
    CHECK(refusal.message.starts_with(kOneError));
    sentences_.push_back(refusal.message.substr(kOneError.size()));
  }

  void inside(const json::Value& value, const Shape& shape, const std::string& path) {
    if (shape.type == Type::kStructure) return members(value, shape, path);
    if (shape.element == nullptr || shape.element->own_words) return;
    if (shape.type == Type::kList) {
      std::size_t position = 0;
      for (json::ElementCursor at(value); !at.at_end() && !full(); at.advance()) {
        visit(at.value(), *shape.element, fmt::format("{}.{}.member", path, ++position));
      }
    }
    if (shape.type == Type::kMap) {
      for (json::MemberCursor at(value); !at.at_end() && !full(); at.advance()) {
        visit(at.value(), *shape.element, fmt::format("{}.{}.member", path, at.name()));
      }
    }
  }

  const RequestReader& request_;
  const RegionId& region_;
  std::span<const WordedMember> worded_;
  Sentences sentences_;
};

}  // namespace

Sentences refused_members(const json::Shape& input, const RequestReader& request, const RegionId& region,
                          std::span<const WordedMember> worded) {
  Walk walk(request, region, worded);
  walk.members(request.object(), input, {});
  return std::move(walk).take();
}

Status check_members(const json::Shape& input, const RequestReader& request, const RegionId& region) {
  const Sentences sentences = refused_members(input, request, region);
  if (sentences.empty()) return {};
  return Error::validation(std::string(kOneError).append(sentences.front()));
}

}  // namespace gyre::api
