// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/partiql/ast.h"

namespace gyre::partiql {

/// Reads one PartiQL statement. Of several errors the one that AWS reports is reported: syntax first, then
/// what the grammar allows and DynamoDB does not (aliases, sources, RETURNING).
///
///   statement := SELECT ("*" | path {"," path}) FROM source [WHERE condition]
///                  [ORDER BY name [ASC | DESC] {"," ...}]
///              | INSERT INTO source VALUE tuple
///              | UPDATE source assignments [WHERE condition] [returning]
///              | FROM source [WHERE condition] assignments [returning]
///              | DELETE FROM source [WHERE condition] [returning]
///              | EXISTS "(" SELECT ... ")"
///   source      := table ["." index]
///   assignments := { SET path "=" expression {"," ...} | REMOVE path }
///   returning   := RETURNING (ALL | MODIFIED) (OLD | NEW) "*"
Result<Statement> parse_statement(std::string_view text);

}  // namespace gyre::partiql
