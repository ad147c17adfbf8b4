// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/operations/requests/api_names.h"
#include "core/partiql/bind.h"

namespace gyre::operations {

/// One PartiQL statement of a request, with its parameters in place; its table is not looked up yet.
struct PreparedStatement {
  partiql::BoundStatement bound;
  std::uint64_t binding = 0;        ///< hash of its text and parameters: what a NextToken belongs to
  std::size_t parameter_bytes = 0;  ///< about what they hold in memory
  bool item_on_condition_failure = false;

  bool is_read() const { return std::holds_alternative<partiql::BoundSelect>(bound); }
};

// Of members that were checked (statement_members.h), in AWS's order:

/// `Parameters`: kValidation if they are no values, kSerialization for a wrong shape.
Result<partiql::Parameters> read_parameters(const RequestReader& request);
/// `Statement`: kValidation for its text, then for what it does with the parameters.
Result<PreparedStatement> prepare_statement(const RequestReader& request,
                                            const partiql::Parameters& parameters);

/// The table that a statement names, perhaps by its ARN.
Result<TableReference> statement_table(const partiql::BoundStatement& statement, const RegionId& region);

}  // namespace gyre::operations
