// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/expressions/expressions.h"
#include "core/json/json_writer.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/partiql/next_token.h"
#include "core/operations/partiql/prepared_statement.h"
#include "core/operations/queries/page_source.h"
#include "core/operations/queries/page_walk.h"
#include "core/operations/requests/api_names.h"
#include "core/partiql/columns.h"
#include "core/storage/catalog.h"
#include "core/storage/store.h"

namespace gyre::operations {

/// A SELECT as what it reads: ranges of rows of a table or of an index, one after the other, and what becomes
/// of each item.
struct SelectPage {
  PageSource source;
  std::string table_text;
  std::vector<RowRange> ranges;
  bool forward = true;
  /// Sees only what the index holds.
  std::optional<expressions::Condition> filter;
  std::optional<partiql::Columns> columns;
  /// Of a local index: columns are wanted that it does not hold, so each item is fetched from the table.
  bool fetch = false;
  std::uint64_t binding = 0;

  std::optional<std::int64_t> limit;
  bool consistent = false;
  CapacityDetail capacity = CapacityDetail::kNone;
  Meter meter;
  std::optional<SelectPosition> start;
};

/// kValidation: PartiQL does not know keys of several attributes.
Status check_single_keys(const IndexSchema& index);

/// Looks up the table and finds out how to read it: kResourceNotFound, kValidation. The page's other options
/// and its start are the caller's to set.
Result<SelectPage> plan_select(PreparedStatement statement, bool consistent, const RegionId& region,
                               const storage::CatalogSnapshot& catalog);
/// kValidation unless `token` is a place in the page's reads.
Status start_at_token(SelectPage& page, std::string_view token);

/// Answers a page (queries/page_walk.h). A full one carries NextToken, unless it ends with the last item that
/// there can be.
class SelectRead final : public ReadRequest {
 public:
  SelectRead(storage::Store& store, SelectPage page);
  ~SelectRead() override;
  Result<std::string> read(ReadSlice& slice) override;

 private:
  struct Progress;
  /// Until the page is full, the ranges are at an end, or the slice is over.
  Result<std::string> go_on(Progress& progress, ReadSlice& slice) const;
  Status take(Progress& progress, const storage::SourceRow& row, Work& work) const;
  PageReading reading() const;
  bool is_last(const SelectPosition& position) const;
  Status write_position(json::Writer& writer, const SelectPosition& position) const;

  storage::Store& store_;
  SelectPage page_;
  std::unique_ptr<Progress> progress_;  ///< of a page that was begun, and is waiting for its next slice
};

}  // namespace gyre::operations
