// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/ast.h"
#include "core/expressions/lexer.h"

namespace gyre::expressions {

/// What every parser of expressions has in common: the tokens, syntax errors, paths and function calls. A
/// parser reads one expression once. It only builds the tree: names, values and types are looked at later
/// (checks.h), because AWS reports any syntax error before all others.
///
/// Recursive descent, with the depth bounded by limits::kExpressionNestingMax.
class Parser {
 protected:
  /// Both views must outlive the parser.
  Parser(std::string_view parameter, std::string_view text);
  ~Parser() = default;

  /// kValidation if the expression is empty or longer than limits::kExpressionBytesMax. To be called first.
  Status check_size() const;

  const Token& peek(std::size_t ahead = 0) const;
  bool at(TokenKind kind) const { return peek().kind == kind; }
  bool at_keyword(std::string_view keyword) const { return is_keyword(peek(), keyword); }
  bool at_path() const;
  /// A name and "(", but no keyword.
  bool at_function() const;

  Token take();
  bool take_if(TokenKind kind);
  bool take_keyword_if(std::string_view keyword);
  Status expect(TokenKind kind);
  Error syntax_error() const;  ///< about the next token

  Result<DocumentPath> parse_path();
  /// Steps that follow, ".name" and "[0]", appended to `path`.
  Status parse_steps(DocumentPath& path);
  Result<Node> parse_function();
  /// A function call, a value placeholder or a path.
  Result<Node> parse_plain_operand();
  /// A plain operand, or what the kind of expression allows beside it in parentheses.
  virtual Result<Node> parse_operand() = 0;

  /// Called at "(" and at a function: Errors where these are nested too deep. leave() undoes it.
  Status enter();
  void leave() { --depth_; }
  void count_operator() { ++operators_; }
  /// Marks what was just read in parentheses, and notes if they were the second pair around the same.
  void mark_parenthesized(Node& node);
  /// After the end was reached: kValidation for too many operators or redundant parentheses.
  Status check_shape() const;

 private:
  Result<PathStep> parse_name();
  Result<PathStep> parse_index();

  std::string_view parameter_;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
  int operators_ = 0;
  bool redundant_parentheses_ = false;
};

}  // namespace gyre::expressions
