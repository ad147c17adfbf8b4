// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/expression_parser.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "core/base/limits.h"
#include "core/partiql/errors.h"

namespace gyre::partiql {
namespace {

constexpr int kOrPower = 10;
constexpr int kAndPower = 20;
constexpr int kNotPower = 30;
constexpr int kEqualityPower = 40;
constexpr int kComparisonPower = 50;
constexpr int kAdditionPower = 60;
constexpr int kMultiplicationPower = 70;

constexpr std::size_t kListIndexMax = std::numeric_limits<std::int32_t>::max();

// What may follow IS, and how it is known afterwards.
struct TypeName {
  std::string_view written;
  std::string_view name;
};
constexpr TypeName kTypeNames[] = {
    {"any", "any"},
    {"bag", "bag"},
    {"bigint", "integer8"},
    {"blob", "blob"},
    {"bool", "boolean"},
    {"boolean", "boolean"},
    {"char", "character"},
    {"character", "character"},
    {"clob", "clob"},
    {"date", "date"},
    {"dec", "decimal"},
    {"decimal", "decimal"},
    {"float", "float"},
    {"int", "integer"},
    {"int2", "smallint"},
    {"int4", "integer4"},
    {"int8", "integer8"},
    {"integer", "integer"},
    {"integer2", "smallint"},
    {"integer4", "integer4"},
    {"integer8", "integer8"},
    {"list", "list"},
    {"missing", "missing"},
    {"null", "null"},
    {"numeric", "numeric"},
    {"real", "real"},
    {"sexp", "sexp"},
    {"smallint", "smallint"},
    {"string", "string"},
    {"struct", "struct"},
    {"symbol", "symbol"},
    {"time", "time"},
    {"tuple", "tuple"},
    {"timestamp", "timestamp"},
    {"varchar", "character varying"},
};

// Keywords that are also functions' names.
constexpr std::string_view kFunctionKeywords[] = {
    "avg",       "bag",   "bit_length", "char_length", "character_length", "count", "exists",
    "list",      "lower", "max",        "min",         "octet_length",     "sexp",  "size",
    "substring", "sum",   "upper"};

constexpr std::string_view kStatementKeywords[] = {"delete", "from", "insert", "remove",
                                                   "select", "set",  "update"};
constexpr std::string_view kOperatorKeywords[] = {"and", "between", "except", "in",   "intersect",
                                                  "is",  "like",    "or",     "union"};

template <std::size_t N>
bool is_one_of(const Token& token, const std::string_view (&keywords)[N]) {
  return token.kind == TokenKind::kKeyword &&
         std::find(std::begin(keywords), std::end(keywords), token.text) != std::end(keywords);
}

std::string to_lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

Error index_out_of_range(std::string_view digits, const Position& position) {
  return error_at("List index is not within the allowable range; index: [" + std::string(digits) + "]",
                  position);
}

bool is_integer(std::string_view digits) {
  return digits.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

struct ExpressionParser::Infix {
  Expression::Kind kind;
  int power;
  bool negated = false;  ///< NOT IN, NOT BETWEEN, NOT LIKE
};

// --- tokens ---

const Token& ExpressionParser::peek(std::size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

Token ExpressionParser::take() {
  Token token = peek();
  if (token.kind != TokenKind::kEnd) ++next_;
  return token;
}

bool ExpressionParser::take_if(TokenKind kind) {
  if (!at(kind)) return false;
  take();
  return true;
}

bool ExpressionParser::take_keyword_if(std::string_view keyword) {
  if (!at_keyword(keyword)) return false;
  take();
  return true;
}

Status ExpressionParser::expect(TokenKind kind, std::string_view name) {
  if (!take_if(kind)) return malformed("Expected " + std::string(name));
  return {};
}

Status ExpressionParser::enter() {
  if (++depth_ <= limits::kPartiqlNestingMax) return {};
  return Error::validation("Nesting Levels have exceeded supported limits");
}

Result<Expression> ExpressionParser::make(Expression::Kind kind, const Position& position,
                                          std::vector<Expression> operands) {
  Expression made{.kind = kind, .operands = std::move(operands), .position = position};
  for (const Expression& operand : made.operands) made.height = std::max(made.height, operand.height + 1);
  if (made.height > limits::kPartiqlNestingMax) {
    return Error::validation("Nesting Levels have exceeded supported limits");
  }
  return made;
}

// --- operators ---

std::optional<ExpressionParser::Infix> ExpressionParser::infix_here() const {
  using enum Expression::Kind;
  struct Symbol {
    std::string_view text;
    Infix infix;
  };
  static constexpr Symbol kSymbols[] = {
      {"=", {kEqual, kEqualityPower}},
      {"<>", {kNotEqual, kEqualityPower}},
      {"<", {kLess, kComparisonPower}},
      {"<=", {kLessOrEqual, kComparisonPower}},
      {">", {kGreater, kComparisonPower}},
      {">=", {kGreaterOrEqual, kComparisonPower}},
      {"+", {kAdd, kAdditionPower}},
      {"-", {kSubtract, kAdditionPower}},
      {"||", {kConcatenate, kAdditionPower}},
      {"*", {kMultiply, kMultiplicationPower}},
      {"/", {kDivide, kMultiplicationPower}},
      {"%", {kModulo, kMultiplicationPower}},
      {"or", {kOr, kOrPower}},
      {"and", {kAnd, kAndPower}},
      {"is", {kIs, kEqualityPower}},
      {"in", {kIn, kEqualityPower}},
      {"between", {kBetween, kComparisonPower}},
      {"like", {kLike, kComparisonPower}},
  };
  const bool negated = at_keyword("not");
  const Token& token = peek(negated ? 1 : 0);
  const bool may_be_infix = token.kind == TokenKind::kOperator || token.kind == TokenKind::kStar ||
                            token.kind == TokenKind::kKeyword;
  if (!may_be_infix) return std::nullopt;
  const auto* found = std::find_if(std::begin(kSymbols), std::end(kSymbols),
                                   [&](const Symbol& one) { return one.text == token.text; });
  if (found == std::end(kSymbols)) return std::nullopt;
  Infix infix = found->infix;
  infix.negated = negated;
  if (negated && infix.kind != kIn && infix.kind != kBetween && infix.kind != kLike) return std::nullopt;
  return infix;
}

Result<Expression> ExpressionParser::parse_operators(int power) {
  RETURN_IF_ERROR(enter());
  ASSIGN_OR_RETURN(Expression left, parse_prefixed());
  for (std::optional<Infix> infix = infix_here(); infix && infix->power > power; infix = infix_here()) {
    ASSIGN_OR_RETURN(left, parse_infix(std::move(left), *infix));
  }
  leave();
  return left;
}

Result<Expression> ExpressionParser::parse_infix(Expression left, const Infix& infix) {
  using enum Expression::Kind;
  if (infix.negated) take();
  const Position position = take().position;
  if (infix.kind == kIs) return parse_is(std::move(left), position);

  Expression whole;
  if (infix.kind == kBetween) {
    ASSIGN_OR_RETURN(whole, parse_between(std::move(left), position));
  } else if (infix.kind == kLike) {
    ASSIGN_OR_RETURN(whole, parse_like(std::move(left), position));
  } else {
    const bool listed = infix.kind == kIn && at(TokenKind::kLeftParenthesis);
    ASSIGN_OR_RETURN(Expression right, listed ? parse_in_list() : parse_right(infix.power));
    // Chains of AND and OR stay flat, so that they may be long.
    if ((infix.kind == kAnd || infix.kind == kOr) && left.kind == infix.kind && !left.grouped) {
      std::vector<Expression> operands = std::move(left.operands);
      operands.push_back(std::move(right));
      return make(infix.kind, position, std::move(operands));
    }
    std::vector<Expression> operands;
    operands.push_back(std::move(left));
    operands.push_back(std::move(right));
    ASSIGN_OR_RETURN(whole, make(infix.kind, position, std::move(operands)));
  }
  if (!infix.negated) return whole;
  std::vector<Expression> operands;
  operands.push_back(std::move(whole));
  return make(kNot, position, std::move(operands));
}

Result<Expression> ExpressionParser::parse_right(int power) {
  if (at(TokenKind::kEnd)) return malformed("Missing right-hand side expression of infix operator");
  return parse_operators(power);
}

Result<Expression> ExpressionParser::parse_between(Expression left, const Position& position) {
  ASSIGN_OR_RETURN(Expression lower, parse_right(kComparisonPower));
  if (!take_keyword_if("and")) return malformed("Expected AND keyword");
  if (at(TokenKind::kEnd) || at(TokenKind::kSemicolon)) return malformed("Expected expression after AND");
  ASSIGN_OR_RETURN(Expression upper, parse_operators(kComparisonPower));
  std::vector<Expression> operands;
  operands.push_back(std::move(left));
  operands.push_back(std::move(lower));
  operands.push_back(std::move(upper));
  return make(Expression::Kind::kBetween, position, std::move(operands));
}

// IN (1, 2), where one element in parentheses is a list too.
Result<Expression> ExpressionParser::parse_in_list() {
  if (peek(1).is_keyword("select") || peek(1).is_keyword("values")) return parse_right(kEqualityPower);
  const Position position = take().position;
  std::vector<Expression> elements;
  RETURN_IF_ERROR(parse_arguments(elements));
  RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis, "RIGHT_PAREN"));
  return make(Expression::Kind::kList, position, std::move(elements));
}

Result<Expression> ExpressionParser::parse_like(Expression left, const Position& position) {
  std::vector<Expression> operands;
  operands.push_back(std::move(left));
  ASSIGN_OR_RETURN(Expression pattern, parse_right(kComparisonPower));
  operands.push_back(std::move(pattern));
  if (take_keyword_if("escape")) {
    if (at(TokenKind::kEnd) || at(TokenKind::kSemicolon))
      return malformed("Expected expression after ESCAPE");
    ASSIGN_OR_RETURN(Expression escape, parse_operators(kComparisonPower));
    operands.push_back(std::move(escape));
  }
  return make(Expression::Kind::kLike, position, std::move(operands));
}

Result<Expression> ExpressionParser::parse_is(Expression left, const Position& position) {
  const bool negated = take_keyword_if("not");
  const Token token = take();
  const auto* type = std::find_if(std::begin(kTypeNames), std::end(kTypeNames),
                                  [&](const TypeName& one) { return token.is_keyword(one.written); });
  std::string name(type == std::end(kTypeNames) ? std::string_view() : type->name);
  if (name == "character" && take_keyword_if("varying")) name = "character varying";
  if (token.is_keyword("double") && take_keyword_if("precision")) name = "double precision";
  if (name.empty()) return malformed("Expected type name");

  std::vector<Expression> operands;
  operands.push_back(std::move(left));
  ASSIGN_OR_RETURN(Expression test, make(Expression::Kind::kIs, position, std::move(operands)));
  test.text = std::move(name);
  if (!negated) return test;
  std::vector<Expression> negation;
  negation.push_back(std::move(test));
  return make(Expression::Kind::kNot, position, std::move(negation));
}

Result<Expression> ExpressionParser::parse_prefixed() {
  if (at_keyword("not")) return parse_not();
  if (peek().is_operator("-") || peek().is_operator("+")) return parse_sign();
  return parse_path_term();
}

Result<Expression> ExpressionParser::parse_not() {
  const Position position = take().position;
  ASSIGN_OR_RETURN(Expression operand, parse_operators(kNotPower));
  std::vector<Expression> operands;
  operands.push_back(std::move(operand));
  return make(Expression::Kind::kNot, position, std::move(operands));
}

Result<Expression> ExpressionParser::parse_sign() {
  RETURN_IF_ERROR(enter());
  const Token sign = take();
  ASSIGN_OR_RETURN(Expression operand, parse_prefixed());
  leave();
  if (operand.kind == Expression::Kind::kNumber) {
    if (sign.text == "+") return operand;
    if (operand.text.starts_with('-')) {
      operand.text.erase(0, 1);
    } else {
      operand.text.insert(0, "-");
    }
    return operand;
  }
  if (sign.text == "+") return operand;
  std::vector<Expression> operands;
  operands.push_back(std::move(operand));
  return make(Expression::Kind::kNegate, sign.position, std::move(operands));
}

// --- terms ---

Expression ExpressionParser::literal(Expression::Kind kind) {
  Token token = take();
  return Expression{.kind = kind, .text = std::move(token.text), .position = token.position};
}

Result<Expression> ExpressionParser::parse_path_term() {
  ASSIGN_OR_RETURN(Expression term, parse_term());
  if (!at(TokenKind::kDot) && !at(TokenKind::kLeftBracket)) return term;
  if (term.kind != Expression::Kind::kPath) return error_at("Unexpected path component", term.position);
  RETURN_IF_ERROR(parse_steps(term.path, false));
  return term;
}

Result<Expression> ExpressionParser::parse_term() {
  using enum Expression::Kind;
  switch (peek().kind) {
    case TokenKind::kString:
      return literal(kString);
    case TokenKind::kNumber:
      return literal(kNumber);
    case TokenKind::kParameter: {
      Expression parameter = literal(kParameter);
      parameter.text.clear();
      parameter.parameter = parameters_++;
      return parameter;
    }
    case TokenKind::kIdentifier:
    case TokenKind::kQuotedIdentifier: {
      if (peek(1).kind == TokenKind::kLeftParenthesis) return parse_call();
      Expression path{.kind = kPath, .position = peek().position};
      path.path.push_back({PathStep::Kind::kName, take().text, 0});
      return path;
    }
    case TokenKind::kKeyword:
      return parse_keyword_term();
    case TokenKind::kOperator:
      return malformed("Unexpected operator");
    case TokenKind::kLeftParenthesis:
      return parse_group();
    case TokenKind::kLeftBracket:
      return parse_collection(kList, TokenKind::kRightBracket, "RIGHT_BRACKET");
    case TokenKind::kLeftBag:
      return parse_collection(kBag, TokenKind::kRightBag, "RIGHT_DOUBLE_ANGLE_BRACKET");
    case TokenKind::kLeftBrace:
      return parse_tuple();
    default:
      return malformed("Unexpected term");
  }
}

Result<Expression> ExpressionParser::parse_keyword_term() {
  const Token& token = peek();
  if (token.text == "true" || token.text == "false") return literal(Expression::Kind::kBoolean);
  if (token.text == "null" || token.text == "missing") {
    Expression value = literal(token.text == "null" ? Expression::Kind::kNull : Expression::Kind::kMissing);
    value.text.clear();
    return value;
  }
  if (is_one_of(token, kFunctionKeywords) && peek(1).kind == TokenKind::kLeftParenthesis) return parse_call();
  if (is_one_of(token, kStatementKeywords)) return statement_inside_expression();
  if (is_one_of(token, kOperatorKeywords)) return malformed("Unexpected operator");
  return malformed("Unexpected keyword");
}

Result<Expression> ExpressionParser::parse_group() {
  const Position position = take().position;
  if (at(TokenKind::kRightParenthesis)) return malformed("Expression group cannot be empty");
  std::vector<Expression> elements;
  RETURN_IF_ERROR(parse_arguments(elements));
  RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis, "RIGHT_PAREN"));
  if (elements.size() > 1) return make(Expression::Kind::kList, position, std::move(elements));
  elements.front().grouped = true;
  return std::move(elements.front());
}

Result<Expression> ExpressionParser::parse_call() {
  const Token name = take();
  take();
  std::vector<Expression> arguments;
  const bool counts_all = name.text == "count" && take_if(TokenKind::kStar);
  if (!counts_all && !at(TokenKind::kRightParenthesis)) RETURN_IF_ERROR(parse_arguments(arguments));
  RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis, "RIGHT_PAREN"));
  ASSIGN_OR_RETURN(Expression call, make(Expression::Kind::kCall, name.position, std::move(arguments)));
  call.text = to_lower(name.text);
  return call;
}

Result<Expression> ExpressionParser::parse_collection(Expression::Kind kind, TokenKind close,
                                                      std::string_view close_name) {
  const Position position = take().position;
  std::vector<Expression> elements;
  if (!at(close)) RETURN_IF_ERROR(parse_arguments(elements));
  RETURN_IF_ERROR(expect(close, close_name));
  return make(kind, position, std::move(elements));
}

Result<Expression> ExpressionParser::parse_tuple() {
  const Position position = take().position;
  std::vector<Expression> members;
  if (!at(TokenKind::kRightBrace)) {
    do {
      ASSIGN_OR_RETURN(Expression name, parse_expression());
      RETURN_IF_ERROR(expect(TokenKind::kColon, "COLON"));
      ASSIGN_OR_RETURN(Expression value, parse_expression());
      members.push_back(std::move(name));
      members.push_back(std::move(value));
    } while (take_if(TokenKind::kComma));
  }
  RETURN_IF_ERROR(expect(TokenKind::kRightBrace, "RIGHT_CURLY"));
  return make(Expression::Kind::kTuple, position, std::move(members));
}

Status ExpressionParser::parse_arguments(std::vector<Expression>& arguments) {
  do {
    ASSIGN_OR_RETURN(Expression argument, parse_expression());
    arguments.push_back(std::move(argument));
  } while (take_if(TokenKind::kComma));
  return {};
}

// --- paths ---

Result<DocumentPath> ExpressionParser::parse_simple_path() {
  if (!at(TokenKind::kIdentifier) && !at(TokenKind::kQuotedIdentifier)) {
    return malformed("Expected identifier for simple path");
  }
  DocumentPath path;
  path.push_back({PathStep::Kind::kName, take().text, 0});
  RETURN_IF_ERROR(parse_steps(path, true));
  return path;
}

Status ExpressionParser::parse_steps(DocumentPath& path, bool simple) {
  for (;;) {
    if (take_if(TokenKind::kDot)) {
      RETURN_IF_ERROR(parse_dot_step(path, simple));
    } else if (take_if(TokenKind::kLeftBracket)) {
      RETURN_IF_ERROR(parse_bracket_step(path));
    } else {
      return {};
    }
  }
}

Status ExpressionParser::parse_dot_step(DocumentPath& path, bool simple) {
  if (at(TokenKind::kStar)) {
    if (simple) return malformed("Invalid path dot component for simple path");
    return error_at("Unexpected path component", peek().position);
  }
  if (!at(TokenKind::kIdentifier) && !at(TokenKind::kQuotedIdentifier)) {
    return malformed("Invalid path dot component");
  }
  path.push_back({PathStep::Kind::kName, take().text, 0});
  return {};
}

Status ExpressionParser::parse_bracket_step(DocumentPath& path) {
  if (at(TokenKind::kStar)) return error_at("Unexpected path component", peek().position);
  ASSIGN_OR_RETURN(Expression step, parse_expression());
  RETURN_IF_ERROR(expect(TokenKind::kRightBracket, "RIGHT_BRACKET"));
  if (step.kind == Expression::Kind::kString) {
    path.push_back({PathStep::Kind::kName, std::move(step.text), 0});
    return {};
  }
  if (step.kind != Expression::Kind::kNumber) return error_at("Unexpected path component", step.position);
  std::string_view digits = step.text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (!is_integer(digits)) return error_at("Unexpected path component", step.position);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  const bool negative = step.text.starts_with('-') && index > 0;
  if (error != std::errc() || index > kListIndexMax || negative) {
    return index_out_of_range(step.text, step.position);
  }
  path.push_back({PathStep::Kind::kIndex, "", index});
  return {};
}

}  // namespace gyre::partiql
