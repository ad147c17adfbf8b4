// SPDX-License-Identifier: Apache-2.0
// Any text as a PartiQL statement: what is parsed and bound can be planned and used, over an item of all
// types.
#include <string>
#include <variant>

#include "core/base/check.h"
#include "core/expressions/expressions.h"
#include "core/model/item_codec.h"
#include "core/partiql/access_path.h"
#include "core/partiql/bind.h"
#include "core/partiql/key_equality.h"
#include "core/partiql/parser.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

using expressions::Condition;
using expressions::Update;

const KeySchema& schema() {
  static const KeySchema schema{.partition = {"pk", ScalarType::kString},
                                .sort = KeyAttribute{"sk", ScalarType::kNumber}};
  return schema;
}

AttributeValue number(std::int64_t value) {
  return AttributeValue::number(Number::from_int(value));
}

const Item& item() {
  static const Item item = {{"pk", AttributeValue::string("k")},
                            {"sk", number(1)},
                            {"a", AttributeValue::list({number(1), AttributeValue::map({{"b", number(2)}})})},
                            {"m", AttributeValue::map({{"x", AttributeValue::string("y")}})},
                            {"s", AttributeValue::string_set({"x"}).value()},
                            {"n", AttributeValue::number_set({Number::from_int(1)}).value()},
                            {"z", AttributeValue::null()}};
  return item;
}

// As many as the statement asks for, of several types.
partiql::Parameters make_parameters(std::size_t count) {
  static const partiql::Parameters kinds = {
      AttributeValue::string("k"), number(1),
      AttributeValue::map({{"pk", AttributeValue::string("k")}, {"sk", number(2)}}),
      AttributeValue::list({number(1)}), AttributeValue::string_set({"x", "y"}).value()};
  partiql::Parameters parameters;
  for (std::size_t i = 0; i < count; ++i) parameters.push_back(kinds[i % kinds.size()]);
  return parameters;
}

void evaluate(std::optional<expressions::ParsedCondition> parsed) {
  if (!parsed) return;
  const Condition condition = Condition::of(*std::move(parsed));
  CHECK(condition.evaluate(&item()).ok());
  CHECK(condition.evaluate(nullptr).ok());
}

void check_write(std::optional<expressions::ParsedCondition> where) {
  evaluate(where);
  partiql::KeySplit split = partiql::split_key(std::move(where), schema());
  CHECK(split.key.size() <= 2);
  evaluate(std::move(split.rest));
}

void use(const partiql::BoundSelect& select) {
  const auto path = partiql::find_access_path(select.where, select.order, key_attributes_of(schema()));
  if (path.ok()) {
    CHECK(!path->scan || path->reads.empty());
    for (const expressions::KeyCondition& read : path->reads) {
      CHECK(!read.sort_lower || !read.sort_upper || *read.sort_lower <= *read.sort_upper);
    }
  }
  if (const auto key = partiql::sole_key(select.where, schema())) CHECK(!key->empty());
  if (select.columns) encode_item(select.columns->apply(item()));
  evaluate(select.where);
}

void use(const partiql::BoundInsert& insert) {
  CHECK(decode_item(encode_item(insert.item)).value() == insert.item);
}

void use(const partiql::BoundUpdate& update) {
  const Update changes = Update::of(update.update);
  CHECK(!changes.written_names().empty());
  const auto after = changes.apply(item());
  if (after.ok()) CHECK(decode_item(encode_item(*after)).value() == *after);
  check_write(update.where);
}

void use(const partiql::BoundDelete& remove) {
  check_write(remove.where);
}

void use(const partiql::BoundExists& exists) {
  use(exists.select);
}

}  // namespace

void fuzz(std::string_view bytes) {
  const auto statement = partiql::parse_statement(bytes);
  if (!statement.ok()) return;
  const auto bound = partiql::bind(*statement, make_parameters(statement->parameter_count));
  if (!bound.ok()) return;
  CHECK(!partiql::source_of(*bound).table.empty());
  std::visit([](const auto& body) { use(body); }, *bound);
}

}  // namespace gyre
