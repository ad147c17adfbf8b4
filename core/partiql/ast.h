// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/expressions/path.h"
#include "core/partiql/position.h"

/// What a PartiQL statement says, before parameters, literals and functions are looked at. Values; a parsed
/// statement may be kept and bound (bind.h) any number of times, by any thread.
namespace gyre::partiql {

using expressions::DocumentPath;
using expressions::PathStep;

struct Expression {
  enum class Kind {
    kString,
    kNumber,   ///< `text` is the literal with its sign; whether it is a DynamoDB number is looked at later
    kBoolean,  ///< `text` is "true" or "false"
    kNull,
    kMissing,
    kParameter,
    kPath,
    kList,
    kBag,
    kTuple,  ///< operands: name, value, name, value, ...
    kCall,   ///< `text` is the function's name in lower case
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kModulo,
    kConcatenate,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kBetween,
    kIn,    ///< operands: what is compared, and a list
    kLike,  ///< two operands, or three with ESCAPE
    kIs,    ///< `text` is the type's name in lower case
    kNot,
    kAnd,  ///< two operands or more
    kOr,   ///< two operands or more
  };

  Kind kind = Kind::kNull;
  std::string text = {};
  std::size_t parameter = 0;  ///< of kParameter: which one, from 0
  DocumentPath path = {};     ///< of kPath
  std::vector<Expression> operands = {};
  Position position = {};  ///< of its first token; of an operator, the operator's
  int height = 1;          ///< levels of the tree, this one among them: bounded by the parser
  bool grouped = false;    ///< while parsing: it is in parentheses
};

/// "Plus", "IsType": as AWS calls a kind in the messages that refuse it.
std::string_view kind_name(Expression::Kind kind);

struct Source {
  std::string table;
  std::optional<std::string> index;
};

struct OrderTerm {
  std::string attribute;
  bool ascending = true;
};

struct SelectStatement {
  std::vector<Expression> columns;  ///< empty: "*"
  Source source;
  std::optional<Expression> where;
  std::vector<OrderTerm> order;
};

struct InsertStatement {
  Source source;
  Expression value;
};

/// "SET target = value", or "REMOVE target".
struct Assignment {
  DocumentPath target;
  std::optional<Expression> value;  ///< absent: REMOVE
};

enum class Returning { kAllOld, kAllNew, kModifiedOld, kModifiedNew };
/// "ALL OLD"
std::string_view returning_name(Returning returning);

struct UpdateStatement {
  Source source;
  std::vector<Assignment> assignments;
  std::optional<Expression> where;
  std::optional<Returning> returning;
};

struct DeleteStatement {
  Source source;
  std::optional<Expression> where;
  bool returning_old = false;  ///< RETURNING ALL OLD *
};

/// EXISTS(SELECT ...): the condition check of a transaction.
struct ExistsStatement {
  SelectStatement select;
};

struct Statement {
  std::variant<SelectStatement, InsertStatement, UpdateStatement, DeleteStatement, ExistsStatement> body;
  std::size_t parameter_count = 0;

  bool is_read() const { return std::holds_alternative<SelectStatement>(body); }
};

}  // namespace gyre::partiql
