// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/partiql/position.h"

namespace gyre::partiql {

/// A statement that is not PartiQL at all. `detail` is empty where AWS says no more: for what is no token.
inline Error malformed(std::string_view detail) {
  return Error::validation("Statement wasn't well formed, can't be processed: " + std::string(detail));
}

/// "<what> at 1:8:16"
inline Error error_at(std::string_view what, const Position& position) {
  return Error::validation(std::string(what) + " at " + position.text());
}

}  // namespace gyre::partiql
