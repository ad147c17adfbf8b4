// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/ast.h"

#include "core/base/check.h"

namespace gyre::partiql {

std::string_view kind_name(Expression::Kind kind) {
  using enum Expression::Kind;
  switch (kind) {
    case kString:
    case kNumber:
    case kBoolean:
    case kNull:
      return "Lit";
    case kMissing:
      return "Missing";
    case kParameter:
      return "Parameter";
    case kPath:
      return "Id";
    case kList:
      return "List";
    case kBag:
      return "Bag";
    case kTuple:
      return "Struct";
    case kCall:
      return "Call";
    case kNegate:
      return "Neg";
    case kAdd:
      return "Plus";
    case kSubtract:
      return "Minus";
    case kMultiply:
      return "Times";
    case kDivide:
      return "Divide";
    case kModulo:
      return "Modulo";
    case kConcatenate:
      return "Concat";
    case kEqual:
      return "Eq";
    case kNotEqual:
      return "Ne";
    case kLess:
      return "Lt";
    case kLessOrEqual:
      return "Lte";
    case kGreater:
      return "Gt";
    case kGreaterOrEqual:
      return "Gte";
    case kBetween:
      return "Between";
    case kIn:
      return "InCollection";
    case kLike:
      return "Like";
    case kIs:
      return "IsType";
    case kNot:
      return "Not";
    case kAnd:
      return "And";
    case kOr:
      return "Or";
  }
  fatal("an expression of no kind");
}

std::string_view returning_name(Returning returning) {
  switch (returning) {
    case Returning::kAllOld:
      return "ALL OLD";
    case Returning::kAllNew:
      return "ALL NEW";
    case Returning::kModifiedOld:
      return "MODIFIED OLD";
    case Returning::kModifiedNew:
      return "MODIFIED NEW";
  }
  fatal("a RETURNING of no kind");
}

}  // namespace gyre::partiql
