// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/parser.h"

#include <optional>
#include <string>
#include <utility>

#include "core/partiql/errors.h"
#include "core/partiql/expression_parser.h"

namespace gyre::partiql {
namespace {

class StatementParser final : public ExpressionParser {
 public:
  explicit StatementParser(std::vector<Token> tokens) : ExpressionParser(std::move(tokens)) {}

  Result<Statement> parse() {
    Statement statement;
    ASSIGN_OR_RETURN(statement.body, parse_body());
    RETURN_IF_ERROR(expect_end());
    if (refusal_) return *std::move(refusal_);
    statement.parameter_count = parameter_count();
    return statement;
  }

 private:
  using Body = decltype(Statement::body);

  Result<Body> parse_body();
  Result<Body> parse_bare_expression();
  Result<SelectStatement> parse_select();
  Result<InsertStatement> parse_insert();
  Result<UpdateStatement> parse_update();
  Result<UpdateStatement> parse_from_first();
  Result<DeleteStatement> parse_delete();
  Result<ExistsStatement> parse_exists();

  Status parse_columns(SelectStatement& select);
  Status parse_column(SelectStatement& select);
  Status parse_order(SelectStatement& select);
  Status refuse_further_clauses() const;
  Result<Source> parse_from_source();
  Result<Source> parse_simple_source();
  Status parse_alias();
  Result<std::optional<Expression>> parse_where();
  Result<std::vector<Assignment>> parse_assignments();
  Status parse_set(std::vector<Assignment>& assignments);
  Result<std::optional<Returning>> parse_returning();
  Status expect_end() const;

  Source source_of(const DocumentPath& path);
  /// For what is refused only once the whole statement is known to be well formed; the first one counts.
  void refuse(Error error) {
    if (!refusal_) refusal_ = std::move(error);
  }
  Error statement_inside_expression() override;

  std::optional<Error> refusal_;
};

Result<StatementParser::Body> StatementParser::parse_body() {
  if (take_keyword_if("select")) {
    ASSIGN_OR_RETURN(SelectStatement select, parse_select());
    return Body(std::move(select));
  }
  if (at_keyword("insert") && peek(1).is_keyword("into")) {
    ASSIGN_OR_RETURN(InsertStatement insert, parse_insert());
    return Body(std::move(insert));
  }
  if (take_keyword_if("update")) {
    ASSIGN_OR_RETURN(UpdateStatement update, parse_update());
    return Body(std::move(update));
  }
  if (take_keyword_if("from")) {
    ASSIGN_OR_RETURN(UpdateStatement update, parse_from_first());
    return Body(std::move(update));
  }
  if (take_keyword_if("delete")) {
    ASSIGN_OR_RETURN(DeleteStatement erase, parse_delete());
    return Body(std::move(erase));
  }
  if (at_keyword("exists") && peek(1).kind == TokenKind::kLeftParenthesis && peek(2).is_keyword("select")) {
    ASSIGN_OR_RETURN(ExistsStatement exists, parse_exists());
    return Body(std::move(exists));
  }
  return parse_bare_expression();
}

// An expression alone is PartiQL, but nothing that DynamoDB runs.
Result<StatementParser::Body> StatementParser::parse_bare_expression() {
  ASSIGN_OR_RETURN(const Expression expression, parse_expression());
  RETURN_IF_ERROR(expect_end());
  return Error::validation("Unsupported operation: " + std::string(kind_name(expression.kind)));
}

Status StatementParser::expect_end() const {
  if (!at(TokenKind::kSemicolon)) {
    if (at(TokenKind::kEnd)) return {};
    return malformed("Unexpected token after expression");
  }
  if (peek(1).kind == TokenKind::kEnd) return {};
  return malformed("Unexpected token after semicolon. (Only one query is allowed.)");
}

Error StatementParser::statement_inside_expression() {
  const Token keyword = take();
  if (keyword.is_keyword("from")) {
    const Result<UpdateStatement> inner = parse_from_first();
    if (!inner.ok()) return inner.error();
  }
  return malformed("Keyword " + keyword.text + " only expected at the top level in the query");
}

// --- SELECT ---

Result<SelectStatement> StatementParser::parse_select() {
  SelectStatement select;
  RETURN_IF_ERROR(parse_columns(select));
  if (!take_keyword_if("from")) return malformed("Expected FROM after SELECT list");
  ASSIGN_OR_RETURN(select.source, parse_from_source());
  ASSIGN_OR_RETURN(select.where, parse_where());
  if (take_keyword_if("order")) RETURN_IF_ERROR(parse_order(select));
  RETURN_IF_ERROR(refuse_further_clauses());
  return select;
}

Status StatementParser::parse_columns(SelectStatement& select) {
  if (take_keyword_if("distinct")) refuse(Error::validation("Unsupported clause: DISTINCT"));
  if (at_keyword("value")) {
    return Error::validation("Select projection doesn't support value or pivot keywords");
  }
  take_keyword_if("all");
  if (take_if(TokenKind::kStar)) {
    if (!at(TokenKind::kComma)) return {};
    return malformed(
        "Other expressions may not be present in the select list when '*' is used without dot notation.");
  }
  do {
    RETURN_IF_ERROR(parse_column(select));
  } while (take_if(TokenKind::kComma));
  return {};
}

Status StatementParser::parse_column(SelectStatement& select) {
  if (at(TokenKind::kStar)) {
    return malformed(
        "Other expressions may not be present in the select list when '*' is used without dot notation.");
  }
  ASSIGN_OR_RETURN(Expression column, parse_expression());
  if (column.kind != Expression::Kind::kPath) {
    refuse(error_at("Unexpected path component", column.position));
  }
  RETURN_IF_ERROR(parse_alias());
  select.columns.push_back(std::move(column));
  return {};
}

Status StatementParser::parse_order(SelectStatement& select) {
  if (!take_keyword_if("by")) return malformed("Expected BY");
  do {
    ASSIGN_OR_RETURN(const Expression key, parse_expression());
    const bool descending = take_keyword_if("desc");
    if (!descending) take_keyword_if("asc");
    if (key.kind != Expression::Kind::kPath || key.path.size() != 1) {
      const std::string_view kind = key.kind == Expression::Kind::kPath ? "Path" : kind_name(key.kind);
      refuse(Error::validation("Argument to ORDER BY must be of type VariableReference. Type: " +
                               std::string(kind)));
      continue;
    }
    select.order.push_back({key.path.front().name, !descending});
  } while (take_if(TokenKind::kComma));
  return {};
}

Status StatementParser::refuse_further_clauses() const {
  if (at_keyword("let")) return Error::validation("Unsupported clause: LET");
  if (at_keyword("group")) return Error::validation("Unsupported clause: GROUP BY");
  if (at_keyword("having")) return Error::validation("Unsupported clause: HAVING");
  if (at_keyword("limit")) return Error::validation("Unsupported clause: LIMIT");
  if (at_keyword("offset")) return Error::validation("Unsupported clause: OFFSET");
  return {};
}

// --- sources ---

Result<Source> StatementParser::parse_from_source() {
  ASSIGN_OR_RETURN(const Expression from, parse_expression());
  RETURN_IF_ERROR(parse_alias());
  if (at(TokenKind::kComma) || at_keyword("join") || at_keyword("inner") || at_keyword("left") ||
      at_keyword("right") || at_keyword("full") || at_keyword("outer") || at_keyword("cross")) {
    return Error::validation("Only select from a single table or index is supported.");
  }
  if (from.kind != Expression::Kind::kPath) {
    refuse(Error::validation("Unexpected from source"));
    return Source();
  }
  return source_of(from.path);
}

Result<Source> StatementParser::parse_simple_source() {
  ASSIGN_OR_RETURN(const DocumentPath path, parse_simple_path());
  return source_of(path);
}

Source StatementParser::source_of(const DocumentPath& path) {
  Source source;
  if (path.size() > 2) {
    refuse(Error::validation("A path may contain at most 2 components in the FROM clause"));
    return source;
  }
  for (const PathStep& step : path) {
    if (step.kind != PathStep::Kind::kName) {
      refuse(Error::validation("Invalid list expression in source."));
    } else if (step.name.empty()) {
      refuse(Error::validation("Path component cannot be an empty string"));
    }
  }
  source.table = path.front().name;
  if (path.size() == 2) source.index = path.back().name;
  return source;
}

Status StatementParser::parse_alias() {
  for (const std::string_view keyword : {"as", "at", "by"}) {
    const bool named = take_keyword_if(keyword);
    const bool implied =
        !named && keyword == "as" && (at(TokenKind::kIdentifier) || at(TokenKind::kQuotedIdentifier));
    if (!named && !implied) continue;
    if (!at(TokenKind::kIdentifier) && !at(TokenKind::kQuotedIdentifier)) {
      const std::string upper = keyword == "as" ? "AS" : keyword == "at" ? "AT" : "BY";
      return malformed("Expected identifier for " + upper + "-alias");
    }
    take();
    refuse(Error::validation("Aliasing is not supported"));
  }
  return {};
}

// --- writes ---

Result<InsertStatement> StatementParser::parse_insert() {
  take();
  take();
  InsertStatement insert;
  ASSIGN_OR_RETURN(insert.source, parse_simple_source());
  if (!take_keyword_if("value")) {
    // Any expression that answers rows: VALUES (...), for one.
    take_keyword_if("values");
    ASSIGN_OR_RETURN(const Expression rows, parse_expression());
    refuse(Error::validation("Unsupported operation: Insert"));
    return insert;
  }
  ASSIGN_OR_RETURN(insert.value, parse_expression());
  return insert;
}

Result<UpdateStatement> StatementParser::parse_update() {
  UpdateStatement update;
  ASSIGN_OR_RETURN(update.source, parse_simple_source());
  RETURN_IF_ERROR(parse_alias());
  ASSIGN_OR_RETURN(update.assignments, parse_assignments());
  ASSIGN_OR_RETURN(update.where, parse_where());
  ASSIGN_OR_RETURN(update.returning, parse_returning());
  return update;
}

Result<UpdateStatement> StatementParser::parse_from_first() {
  UpdateStatement update;
  ASSIGN_OR_RETURN(update.source, parse_from_source());
  ASSIGN_OR_RETURN(update.where, parse_where());
  ASSIGN_OR_RETURN(update.assignments, parse_assignments());
  ASSIGN_OR_RETURN(update.returning, parse_returning());
  return update;
}

Result<DeleteStatement> StatementParser::parse_delete() {
  if (!take_keyword_if("from")) return malformed("Expected FROM after DELETE");
  DeleteStatement erase;
  ASSIGN_OR_RETURN(erase.source, parse_simple_source());
  RETURN_IF_ERROR(parse_alias());
  ASSIGN_OR_RETURN(erase.where, parse_where());
  ASSIGN_OR_RETURN(const std::optional<Returning> returning, parse_returning());
  if (returning && *returning != Returning::kAllOld) {
    refuse(Error::validation("Invalid returning clause: RETURNING " +
                             std::string(returning_name(*returning)) +
                             " *. Only RETURNING ALL OLD * is allowed in DELETE statements."));
  }
  erase.returning_old = returning.has_value();
  return erase;
}

Result<ExistsStatement> StatementParser::parse_exists() {
  take();
  take();
  take();
  ExistsStatement exists;
  ASSIGN_OR_RETURN(exists.select, parse_select());
  RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis, "RIGHT_PAREN"));
  return exists;
}

Result<std::optional<Expression>> StatementParser::parse_where() {
  if (!take_keyword_if("where")) return std::optional<Expression>();
  ASSIGN_OR_RETURN(Expression condition, parse_expression());
  return std::optional(std::move(condition));
}

Result<std::vector<Assignment>> StatementParser::parse_assignments() {
  std::vector<Assignment> assignments;
  for (;;) {
    if (take_keyword_if("set")) {
      RETURN_IF_ERROR(parse_set(assignments));
    } else if (take_keyword_if("remove")) {
      ASSIGN_OR_RETURN(DocumentPath target, parse_simple_path());
      assignments.push_back({std::move(target), std::nullopt});
    } else {
      break;
    }
  }
  if (assignments.empty()) return malformed("Expected data manipulation");
  return assignments;
}

Status StatementParser::parse_set(std::vector<Assignment>& assignments) {
  do {
    ASSIGN_OR_RETURN(DocumentPath target, parse_simple_path());
    if (!peek().is_operator("=")) return malformed("Expected '='");
    take();
    ASSIGN_OR_RETURN(Expression value, parse_expression());
    assignments.push_back({std::move(target), std::move(value)});
  } while (take_if(TokenKind::kComma));
  return {};
}

Result<std::optional<Returning>> StatementParser::parse_returning() {
  if (!take_keyword_if("returning")) return std::optional<Returning>();
  const bool all = take_keyword_if("all");
  const bool modified = !all && take_keyword_if("modified");
  const bool old = take_keyword_if("old");
  const bool fresh = !old && take_keyword_if("new");
  if ((!all && !modified) || (!old && !fresh)) {
    return malformed("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.");
  }
  if (!take_if(TokenKind::kStar)) return malformed("Unsupported syntax in RETURNING columns.");
  if (all) return std::optional(old ? Returning::kAllOld : Returning::kAllNew);
  return std::optional(old ? Returning::kModifiedOld : Returning::kModifiedNew);
}

}  // namespace

Result<Statement> parse_statement(std::string_view text) {
  ASSIGN_OR_RETURN(std::vector<Token> tokens, tokenize(text));
  return StatementParser(std::move(tokens)).parse();
}

}  // namespace gyre::partiql
