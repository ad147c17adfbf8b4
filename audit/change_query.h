// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "audit/history.h"
#include "audit/table_names.h"

namespace gyre::audit {

/// What a person asks for. Empty members ask for nothing in particular. A value.
struct ChangeQuery {
  std::string table{};       ///< a name, or "#17"
  std::string key{};         ///< as consumers::RecordFilter::set_key takes it
  std::string key_prefix{};  ///< of the partition key's value: text, a number's digits, or base64
  std::string principal{};
  std::string region{};  ///< where the write was first accepted
  std::set<storage::ChangeKind> kinds{storage::ChangeKind::kInsert, storage::ChangeKind::kModify,
                                      storage::ChangeKind::kRemove};
  Bounds bounds{};
  Order order = Order::kOldToNew;
};

/// A sequence number as people type it, with or without the zeros before it. kValidation.
Result<SequenceNumber> read_sequence(std::string_view text);

/// Calls `visit` with each record that is asked for, until it answers false. kResourceNotFound: the table is
/// not known. kValidation: the key cannot be one of the table.
using NamedVisit = std::function<Result<bool>(const LocatedRecord&, const std::string& table)>;
Status read_changes(const History& history, const TableNames& names, const ChangeQuery& query,
                    const NamedVisit& visit);

}  // namespace gyre::audit
