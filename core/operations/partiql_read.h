// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/expressions/expressions.h"
#include "core/json/json_writer.h"
#include "core/operations/capacity.h"
#include "core/operations/partiql_statement.h"
#include "core/operations/partiql_token.h"
#include "core/operations/read_operation.h"
#include "core/partiql/columns.h"
#include "core/storage/catalog.h"
#include "core/storage/engine.h"

namespace gyre::operations {

/// A SELECT as what it reads: ranges of item rows, one after the other, and what becomes of each item.
struct SelectPage {
  struct Range {
    std::string lower;  ///< inclusive
    std::string upper;  ///< exclusive
  };

  storage::TablePointer table;
  std::string table_text;
  std::vector<Range> ranges;
  bool forward = true;
  std::optional<expressions::Condition> filter;
  std::optional<partiql::Columns> columns;
  std::uint64_t binding = 0;

  std::optional<std::int64_t> limit;
  bool consistent = false;
  CapacityDetail capacity = CapacityDetail::kNone;
  std::optional<SelectPosition> start;
};

/// Looks up the table and finds out how to read it: kResourceNotFound, kValidation. The page's options and
/// start are the caller's to set.
Result<SelectPage> plan_select(PreparedStatement statement, const RegionId& region,
                               const storage::CatalogSnapshot& catalog);
/// kValidation unless `token` is a place in the page's reads.
Status start_at_token(SelectPage& page, std::string_view token);

/// Reads until the page is full: `limit` items, or the item with which 1 MB (DynamoDB sizes, before the
/// filter) is reached. A full page carries NextToken, unless it ends with the last item that there can be.
class SelectRead final : public ReadRequest {
 public:
  SelectRead(const storage::Engine& engine, SelectPage page) : engine_(engine), page_(std::move(page)) {}
  Result<std::string> read(storage::ReadTier tier) const override;

 private:
  struct Progress;
  Status read_range(std::size_t index, storage::ReadTier tier, Progress& progress,
                    json::Writer& writer) const;
  Status take(Progress& progress, std::string_view stored, json::Writer& writer) const;
  bool full(const Progress& progress) const;
  bool is_last(const SelectPosition& position) const;
  Status write_position(json::Writer& writer, const SelectPosition& position) const;

  const storage::Engine& engine_;
  SelectPage page_;
};

}  // namespace gyre::operations
