// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/condition_parser.h"
#include "core/expressions/expressions.h"
#include "core/model/table_schema.h"
#include "core/partiql/ast.h"

namespace gyre::partiql {

/// How a SELECT gets at its items: a scan of everything, or reads of key ranges, one after the other.
struct AccessPath {
  bool scan = true;
  /// Unless it is a scan: ranges of sort keys in partitions, which do not overlap. May be empty.
  std::vector<expressions::KeyCondition> reads;
  bool forward = true;
  /// False if all items of the reads satisfy the WHERE clause.
  bool filtered = false;
  /// A condition that must hold names the partition key, other than by OR.
  bool keyed = false;
};

/// `keys` are those of a table or of an index. A clause that names the partition key wherever it may hold is
/// read by key, one read for each partition and range of sort keys that IN and OR name. kValidation, with
/// AWS's messages: for keys of wrong types, ranges that overlap, more than limits::kDecomposedReadsMax of
/// them, and orders that no reading has.
///
/// With ORDER BY, reads come in the order of the partition keys, and items in that of the sort key; items
/// come backwards if the order does not mention the sort key (measured on AWS by a third party).
Result<AccessPath> find_access_path(const std::optional<expressions::ParsedCondition>& where,
                                    const std::vector<OrderTerm>& order, const KeyAttributes& keys);

}  // namespace gyre::partiql
