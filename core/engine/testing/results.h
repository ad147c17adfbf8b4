// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "core/base/result.h"

// What tests do with results.

namespace gyre::storage {

/// The value, which must be there.
template <class T>
T ok(Result<T> result) {
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
  return std::move(result).value();
}
inline ErrorCode code_of(const Status& status) {
  return status.ok() ? ErrorCode::kInternal : status.error().code;
}
template <class T>
ErrorCode code_of(const Result<T>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorCode::kInternal : result.error().code;
}

}  // namespace gyre::storage
