// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/expressions/expressions.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/queries/page_source.h"
#include "core/operations/queries/page_walk.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/expression_parameters.h"
#include "core/storage/catalog.h"
#include "core/storage/store.h"

namespace gyre::operations {

/// One page of Query or Scan: a range of rows, in one direction, and what becomes of each item.
struct PageParameters {
  PageSource source;
  std::string table_text;
  RowRange rows;
  bool forward = true;
  std::optional<std::int64_t> limit;
  bool consistent = false;
  bool count_only = false;
  bool all_attributes = false;  ///< asked for by name
  /// Of a local index: attributes are wanted that it does not hold, so each item is fetched from the table.
  bool fetch = false;
  std::optional<expressions::Condition> filter;
  std::optional<expressions::Projection> projection;
  CapacityDetail capacity = CapacityDetail::kNone;
  Meter meter;
};

/// `Select`, in the order in which AWS lists the values.
enum class Select { kSpecificAttributes, kCount, kAllAttributes, kAllProjectedAttributes };
Result<std::optional<Select>> read_select(const RequestReader& request);
/// Reads what Query and Scan share: limit, select, consistency, capacity.
Status read_page_options(const RequestReader& request, PageParameters& page);
/// kValidation if `Select` does not go with a projection. Query's messages differ from Scan's (measured on
/// AWS).
Status check_select(const RequestReader& request, bool is_query);
/// Reads their filter and projection.
Status read_page_expressions(const RequestReader& request, ExpressionParameters& expressions,
                             PageParameters& page);

/// kValidation if the filter or the projection reads inside a key.
Status check_page_paths(const PageParameters& page);
/// Decides whether the attributes that the page wants must be fetched. kValidation if a global index does not
/// hold all of them.
Status check_projected(PageParameters& page);
/// Answers a page (page_walk.h). A full one carries LastEvaluatedKey, even if nothing comes after it, as on
/// AWS.
class PageRead final : public ReadRequest {
 public:
  PageRead(storage::Store& store, PageParameters page);
  ~PageRead() override;
  Result<std::string> read(ReadSlice& slice) override;

 private:
  struct Progress;
  /// Until the page is full, the rows are at an end, or the slice is over.
  Result<std::string> go_on(Progress& progress, ReadSlice& slice) const;
  Status answer(Progress& progress, std::string_view image, Work& work) const;
  Result<std::string> finish(Progress& progress) const;
  PageReading reading() const;

  storage::Store& store_;
  PageParameters page_;
  std::unique_ptr<Progress> progress_;  ///< of a page that was begun, and is waiting for its next slice
};

}  // namespace gyre::operations
