// SPDX-License-Identifier: Apache-2.0
#include "core/operations/queries/page_operation.h"

#include <utility>

namespace gyre::operations {

Intents PageOperation::intents(const PageParameters& page) const {
  Intent intent = page.source.intent(action_);
  intent.leading_keys = page.source.leading_keys(page.rows);
  if (!page.projection && !page.count_only) return {std::move(intent)};
  std::vector<std::string> names = page.source.key_names();
  if (page.projection) add_names(page.projection->attribute_names(), names);
  if (page.filter) add_names(page.filter->attribute_names(), names);
  intent.attributes = distinct_names(std::move(names));
  return {std::move(intent)};
}

void PageOperation::execute(PageParameters page, const http::Request& request, http::Responder respond) {
  page.meter = Meter(throttle_, page.source.table, page.source.index, CapacityKind::kRead);
  if (Status admitted = page.meter.admit(); !admitted.ok()) return respond(std::move(admitted).error());
  run_read(store_.read_pool(), *request.sink, std::make_unique<PageRead>(store_, std::move(page)),
           std::move(respond));
}

}  // namespace gyre::operations
