// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/statement_text_test.h"

#include <vector>

namespace gyre::partiql {
namespace {

std::string quoted(const std::string& text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

std::string path_text(const DocumentPath& path) {
  std::string text;
  for (const PathStep& step : path) {
    if (step.kind == PathStep::Kind::kIndex) {
      text += "[" + std::to_string(step.index) + "]";
    } else {
      text += (text.empty() ? "" : ".") + quoted(step.name, '"');
    }
  }
  return text;
}

std::string joined(const std::vector<Expression>& operands, const std::string& separator) {
  std::string text;
  for (const Expression& operand : operands) {
    text += (text.empty() ? "" : separator) + expression_text(operand);
  }
  return text;
}

std::string tuple_text(const std::vector<Expression>& members) {
  std::string text = "{";
  for (std::size_t i = 0; i + 1 < members.size(); i += 2) {
    if (i > 0) text += ", ";
    text += expression_text(members[i]) + ": " + expression_text(members[i + 1]);
  }
  return text + "}";
}

std::string infix(Expression::Kind kind) {
  using enum Expression::Kind;
  switch (kind) {
    case kAdd:
      return "+";
    case kSubtract:
      return "-";
    case kMultiply:
      return "*";
    case kDivide:
      return "/";
    case kModulo:
      return "%";
    case kConcatenate:
      return "||";
    case kEqual:
      return "=";
    case kNotEqual:
      return "<>";
    case kLess:
      return "<";
    case kLessOrEqual:
      return "<=";
    case kGreater:
      return ">";
    case kGreaterOrEqual:
      return ">=";
    case kIn:
      return "IN";
    case kAnd:
      return "AND";
    case kOr:
      return "OR";
    default:
      return "";
  }
}

std::string source_text(const Source& source) {
  return quoted(source.table, '"') + (source.index ? "." + quoted(*source.index, '"') : "");
}

std::string where_text(const std::optional<Expression>& where) {
  return where ? " WHERE " + expression_text(*where) : "";
}

std::string text_of(const SelectStatement& select) {
  std::string text = "SELECT " + (select.columns.empty() ? "*" : joined(select.columns, ", "));
  text += " FROM " + source_text(select.source) + where_text(select.where);
  for (std::size_t i = 0; i < select.order.size(); ++i) {
    text += (i == 0 ? " ORDER BY " : ", ") + quoted(select.order[i].attribute, '"');
    text += select.order[i].ascending ? " ASC" : " DESC";
  }
  return text;
}

std::string text_of(const InsertStatement& insert) {
  return "INSERT INTO " + source_text(insert.source) + " VALUE " + expression_text(insert.value);
}

std::string text_of(const UpdateStatement& update) {
  std::string text = "UPDATE " + source_text(update.source);
  for (const Assignment& assignment : update.assignments) {
    text += (assignment.value ? " SET " : " REMOVE ") + path_text(assignment.target);
    if (assignment.value) text += " = " + expression_text(*assignment.value);
  }
  text += where_text(update.where);
  if (update.returning) text += " RETURNING " + std::string(returning_name(*update.returning)) + " *";
  return text;
}

std::string text_of(const DeleteStatement& erase) {
  return "DELETE FROM " + source_text(erase.source) + where_text(erase.where) +
         (erase.returning_old ? " RETURNING ALL OLD *" : "");
}

std::string text_of(const ExistsStatement& exists) {
  return "EXISTS(" + text_of(exists.select) + ")";
}

}  // namespace

std::string expression_text(const Expression& expression) {
  using enum Expression::Kind;
  const std::vector<Expression>& operands = expression.operands;
  switch (expression.kind) {
    case kString:
      return quoted(expression.text, '\'');
    case kNumber:
    case kBoolean:
      return expression.text;
    case kNull:
      return "NULL";
    case kMissing:
      return "MISSING";
    case kParameter:
      return "?";
    case kPath:
      return path_text(expression.path);
    case kList:
      return "[" + joined(operands, ", ") + "]";
    case kBag:
      return "<<" + joined(operands, ", ") + ">>";
    case kTuple:
      return tuple_text(operands);
    case kCall:
      return expression.text + "(" + joined(operands, ", ") + ")";
    case kNegate:
      return "(- " + expression_text(operands[0]) + ")";
    case kNot:
      return "(NOT " + expression_text(operands[0]) + ")";
    case kIs:
      return "(" + expression_text(operands[0]) + " IS " + expression.text + ")";
    case kBetween:
      return "(" + expression_text(operands[0]) + " BETWEEN " + expression_text(operands[1]) + " AND " +
             expression_text(operands[2]) + ")";
    case kLike:
      return "(" + expression_text(operands[0]) + " LIKE " + expression_text(operands[1]) +
             (operands.size() > 2 ? " ESCAPE " + expression_text(operands[2]) : "") + ")";
    default:
      return "(" + joined(operands, " " + infix(expression.kind) + " ") + ")";
  }
}

std::string statement_text(const Statement& statement) {
  return std::visit([](const auto& body) { return text_of(body); }, statement.body);
}

}  // namespace gyre::partiql
