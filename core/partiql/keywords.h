// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace gyre::partiql {

/// Whether `word`, in lower case, is one of PartiQL's keywords: those of SQL-92 and its own. They are no
/// names unless they are quoted (PartiQL specification; not the same list as DynamoDB's reserved words).
bool is_keyword(std::string_view word);

}  // namespace gyre::partiql
