// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <limits>
#include <utility>

#include "core/base/limits.h"
#include "core/operations/queries/page_operation.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/legacy_conditions.h"
#include "core/operations/requests/legacy_parameters.h"

namespace gyre::operations {
namespace {

struct Segment {
  std::uint64_t index = 0;
  std::uint64_t total = 1;
};

constexpr std::string_view kLegacyScanParameters[] = {"AttributesToGet", "ScanFilter", "ConditionalOperator"};
constexpr std::string_view kScanExpressions[] = {"ProjectionExpression", "FilterExpression"};

/// As the request gives them.
struct SegmentParameters {
  std::optional<std::int64_t> total;
  std::optional<std::int64_t> index;
};

Result<SegmentParameters> read_segment(const RequestReader& request) {
  SegmentParameters segment;
  ASSIGN_OR_RETURN(segment.total, request.integer("TotalSegments", 1, limits::kTotalSegmentsMax));
  ASSIGN_OR_RETURN(segment.index, request.integer("Segment", 0, limits::kTotalSegmentsMax - 1));
  return segment;
}

Result<Segment> check_segment(const SegmentParameters& segment) {
  const auto& [total, index] = segment;
  if (!total && !index) return Segment();
  if (!total) {
    return Error::validation(
        "The TotalSegments parameter is required but was not present in the request when Segment parameter "
        "is present");
  }
  if (!index) {
    return Error::validation(
        "The Segment parameter is required but was not present in the request when parameter TotalSegments "
        "is present");
  }
  if (*index >= *total) {
    return Error::validation(fmt::format(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: {} "
        "is not less than TotalSegments: {}",
        *index, *total));
  }
  return Segment{static_cast<std::uint64_t>(*index), static_cast<std::uint64_t>(*total)};
}

// The rows of one of `total` equal parts of the hash space. Segments meet without gap or overlap.
RowRange segment_rows(const PageSource& source, const Segment& segment) {
  __extension__ using Wide = unsigned __int128;
  const auto first_hash = [&](std::uint64_t index) {
    return static_cast<std::uint64_t>((Wide{index} << 64) / segment.total);
  };
  const bool is_last = segment.index + 1 == segment.total;
  const std::uint64_t last =
      is_last ? std::numeric_limits<std::uint64_t>::max() : first_hash(segment.index + 1) - 1;
  return source.hash_range(first_hash(segment.index), last);
}

class Scan final : public PageOperation {
 public:
  explicit Scan(const Dependencies& dependencies) : PageOperation(dependencies, "dynamodb:Scan") {}

 private:
  Result<PageParameters> parse(const RequestReader& request) const override {
    PageParameters page;
    ASSIGN_OR_RETURN(TableReference reference, read_item_table(request, store().region()));
    ASSIGN_OR_RETURN(const std::optional<std::string> index, read_index_parameter(request));
    RETURN_IF_ERROR(read_page_options(request, page));
    ASSIGN_OR_RETURN(const SegmentParameters segments, read_segment(request));
    ASSIGN_OR_RETURN(auto attributes_to_get, read_attributes_to_get(request));
    ASSIGN_OR_RETURN(const std::optional<LegacyConditions> filter,
                     in_older_words(read_legacy_conditions(request, "ScanFilter")));
    RETURN_IF_ERROR(check_forms(request, kLegacyScanParameters, kScanExpressions));
    RETURN_IF_ERROR(check_select(request, false));
    if (attributes_to_get) {
      ASSIGN_OR_RETURN(page.projection, check_attributes_to_get(*std::move(attributes_to_get)));
    }
    if (filter) {
      ASSIGN_OR_RETURN(page.filter, in_older_words(legacy_condition(*filter)));
    }
    ASSIGN_OR_RETURN(const Segment segment, check_segment(segments));
    ASSIGN_OR_RETURN(ExpressionParameters expressions,
                     in_older_words(read_expression_parameters(request, kScanExpressions)));
    RETURN_IF_ERROR(read_page_expressions(request, expressions, page));
    RETURN_IF_ERROR(expressions.placeholders.check_all_used());
    ASSIGN_OR_RETURN(storage::TablePointer table,
                     find_item_table(*store().catalog().snapshot(), reference.name));
    page.table_text = std::move(reference.text);
    ASSIGN_OR_RETURN(page.source, find_page_source(request, std::move(table), index, page.consistent));
    RETURN_IF_ERROR(check_page_paths(page));
    page.rows = segment_rows(page.source, segment);
    ASSIGN_OR_RETURN(const std::optional<std::string> start,
                     in_older_words(read_start_row(request, page.source)));
    RETURN_IF_ERROR(check_projected(page));
    if (!start) return page;
    if (!page.rows.holds(*start)) {
      return Error::validation(fmt::format(
          "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey "
          "with correct Segment. TotalSegments: {} Segment: {}",
          segment.total, segment.index));
    }
    page.rows.start_after(*start, page.forward);
    return page;
  }
};

}  // namespace

OperationPointer make_scan(const Dependencies& dependencies) {
  return std::make_unique<Scan>(dependencies);
}

}  // namespace gyre::operations
