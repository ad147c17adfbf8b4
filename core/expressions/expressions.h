// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/work.h"
#include "core/expressions/attribute_condition.h"
#include "core/model/attribute_value.h"
#include "core/model/key.h"
#include "core/model/table_schema.h"

/// The door of the room: DynamoDB's expressions, parsed once and evaluated many times. Pure: no clock, no
/// I/O, no locks. Errors are kValidation with AWS's messages ("Invalid ConditionExpression: Syntax error;
/// token: ...").
namespace gyre::expressions {

struct ParsedCondition;
struct ParsedUpdate;
struct SharedCondition;
struct SharedUpdate;

/// ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of them were used. Owned
/// by the request; several expressions of one request share it.
class Placeholders {
 public:
  Placeholders() = default;
  Placeholders(std::map<std::string, std::string, std::less<>> names, AttributeMap values);

  /// kValidation for a bad name ("#a" / ":a" shapes, length) or too many bytes in all.
  Status validate() const;
  /// After all expressions are parsed: kValidation if a name or value was used by none.
  Status check_all_used() const;

  const std::string* name(std::string_view placeholder);
  const AttributeValue* value(std::string_view placeholder);

 private:
  std::map<std::string, std::string, std::less<>> names_;
  AttributeMap values_;
  std::set<std::string, std::less<>> used_;
};

/// A boolean over one item: ConditionExpression and FilterExpression. Immutable; any thread; cheap to share.
class Condition {
 public:
  /// `parameter` is the name in messages: "ConditionExpression" or "FilterExpression".
  static Result<Condition> parse(std::string_view parameter, std::string_view text,
                                 Placeholders& placeholders);
  /// The conditions together, as Expected, QueryFilter and ScanFilter give them. At least one.
  static Condition all_of(const std::vector<AttributeCondition>& conditions);
  static Condition any_of(const std::vector<AttributeCondition>& conditions);
  /// A tree that is known to be sound (checks.h).
  static Condition of(ParsedCondition condition);
  static Condition of(SharedCondition condition);
  Condition(Condition&&) noexcept;
  Condition& operator=(Condition&&) noexcept;
  ~Condition();

  /// `item` may be null: there is no such item. kIncomplete if that takes more than `work` has left.
  Result<bool> evaluate(const Item* item, Work& work) const;
  /// The same without a bound.
  Result<bool> evaluate(const Item* item) const;
  /// Top-level names that the condition reads: a FilterExpression must not name key attributes.
  std::vector<std::string> attribute_names() const;
  /// Those into which it reads ("a.b", "a[0]"): a key attribute has no inside.
  std::vector<std::string> nested_names() const;
  /// About what its values hold in memory.
  std::size_t value_bytes() const;

 private:
  struct State;
  explicit Condition(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One member of AttributeUpdates.
struct AttributeUpdate {
  enum class Action { kPut, kAdd, kDelete };
  std::string attribute = {};
  Action action = Action::kPut;
  /// Any value to put; N, a set or L to add; a set to take from one, or nothing to delete the whole
  /// attribute.
  std::optional<AttributeValue> value = {};
};

/// UpdateExpression: SET, REMOVE, ADD, DELETE; and AttributeUpdates.
class Update {
 public:
  static Result<Update> parse(std::string_view text, Placeholders& placeholders);
  /// AttributeUpdates, of distinct attributes.
  static Update of_attributes(const std::vector<AttributeUpdate>& updates);
  /// Actions that are known to be sound, with distinct targets.
  static Update of(ParsedUpdate update);
  static Update of(SharedUpdate update);
  Update(Update&&) noexcept;
  Update& operator=(Update&&) noexcept;
  ~Update();

  /// The item after all clauses, each computed from `before`. kIncomplete if that takes more than `work` has
  /// left.
  Result<Item> apply(const Item& before, Work& work) const;
  /// The same where there is no such item, from its key.
  Result<Item> create(const AttributeMap& key, Work& work) const;
  // The same without a bound.
  Result<Item> apply(const Item& before) const;
  Result<Item> create(const AttributeMap& key) const;

  /// Which parts of the item the clauses touch, for ReturnValues UPDATED_OLD and UPDATED_NEW: only those of
  /// `item` that are at a touched path.
  Item touched(const Item& item) const;
  /// Top-level names that are written: a key attribute among them is refused by the operation.
  std::vector<std::string> written_names() const;
  /// Those into which it reads or writes.
  std::vector<std::string> nested_names() const;
  /// About what its values hold in memory.
  std::size_t value_bytes() const;

 private:
  struct State;
  explicit Update(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// ProjectionExpression and AttributesToGet: which parts of an item are answered. Immutable; any thread;
/// cheap to copy.
class Projection {
 public:
  static Result<Projection> parse(std::string_view text, Placeholders& placeholders);
  /// Top-level names only (AttributesToGet).
  static Projection of_names(std::vector<std::string> names);

  Item apply(const Item& item) const;
  /// Top-level names that are read.
  std::vector<std::string> attribute_names() const;
  /// Top-level names of which it takes parts only.
  std::vector<std::string> nested_names() const;

 private:
  struct State;
  explicit Projection(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;  // shared by its copies
};

/// What a KeyConditionExpression asks for: one partition, and a range of sort keys, all as append_key_value
/// encodes them, one value after the other where a key has several.
struct KeyCondition {
  std::string partition;
  /// Encoded sort keys in [lower, upper) when set; a missing bound is open. Holds for whatever begins with a
  /// sort key, too.
  std::optional<std::string> sort_lower;
  std::optional<std::string> sort_upper;
};

/// The conditions that a KeyConditionExpression puts on attributes, whatever the schema. kValidation if it
/// puts any that no schema allows.
Result<std::vector<AttributeCondition>> parse_key_conditions(std::string_view text,
                                                             Placeholders& placeholders);
/// kValidation unless there are as many conditions as some key may have.
Status check_key_condition_count(std::size_t count);

/// The one door from conditions to keys, of a table or of an index. Each attribute of the partition key must
/// be equal to a value; attributes of the sort key may follow in their order, all but the last of them equal
/// to a value. kValidation, with AWS's messages, if the conditions are anything else.
Result<KeyCondition> make_key_condition(const std::vector<AttributeCondition>& conditions,
                                        const KeyAttributes& keys);
/// Both in one.
Result<KeyCondition> parse_key_condition(std::string_view text, Placeholders& placeholders,
                                         const KeyAttributes& keys);

}  // namespace gyre::expressions
