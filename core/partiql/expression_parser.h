// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/partiql/ast.h"
#include "core/partiql/lexer.h"

namespace gyre::partiql {

/// Reads expressions: recursive descent for terms, operator precedence between them. It only builds the tree;
/// what DynamoDB does not do with an expression is refused when it is bound, since AWS reports any syntax
/// error before that. Depth is bounded by limits::kPartiqlNestingMax.
///
///   lowest to highest: OR | AND | NOT | = <> IS IN | < <= > >= BETWEEN LIKE | + - || | * / %
class ExpressionParser {
 protected:
  explicit ExpressionParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  ~ExpressionParser() = default;

  const Token& peek(std::size_t ahead = 0) const;
  bool at(TokenKind kind) const { return peek().kind == kind; }
  bool at_keyword(std::string_view keyword) const { return peek().is_keyword(keyword); }
  Token take();
  bool take_if(TokenKind kind);
  bool take_keyword_if(std::string_view keyword);
  /// kValidation: "Expected <name>".
  Status expect(TokenKind kind, std::string_view name);

  Result<Expression> parse_expression() { return parse_operators(0); }
  /// A path that does not begin with an expression: what is set or removed, and tables.
  Result<DocumentPath> parse_simple_path();
  std::size_t parameter_count() const { return parameters_; }

 private:
  /// A statement's keyword is where a term should be: the error that AWS reports.
  virtual Error statement_inside_expression() = 0;

  struct Infix;
  std::optional<Infix> infix_here() const;
  Result<Expression> parse_operators(int power);
  Result<Expression> parse_infix(Expression left, const Infix& infix);
  Result<Expression> parse_right(int power);
  Result<Expression> parse_between(Expression left, const Position& position);
  Result<Expression> parse_in_list();
  Result<Expression> parse_like(Expression left, const Position& position);
  Result<Expression> parse_is(Expression left, const Position& position);

  Result<Expression> parse_prefixed();
  Result<Expression> parse_not();
  Result<Expression> parse_sign();
  Result<Expression> parse_path_term();
  Result<Expression> parse_term();
  Result<Expression> parse_keyword_term();
  Result<Expression> parse_group();
  Result<Expression> parse_call();
  Result<Expression> parse_collection(Expression::Kind kind, TokenKind close, std::string_view close_name);
  Result<Expression> parse_tuple();
  /// One expression or more, with commas between.
  Status parse_arguments(std::vector<Expression>& arguments);

  Status parse_steps(DocumentPath& path, bool simple);
  Status parse_dot_step(DocumentPath& path, bool simple);
  Status parse_bracket_step(DocumentPath& path);
  Expression literal(Expression::Kind kind);

  /// A node above `operands`; kValidation if the tree becomes too high.
  Result<Expression> make(Expression::Kind kind, const Position& position, std::vector<Expression> operands);
  Status enter();
  void leave() { --depth_; }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t parameters_ = 0;
  int depth_ = 0;
};

}  // namespace gyre::partiql
