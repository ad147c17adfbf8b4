// SPDX-License-Identifier: Apache-2.0
#include "core/operations/queries/page_operation.h"

#include <utility>

namespace gyre::operations {

void PageOperation::run(const http::Request& request, http::Responder respond) {
  Result<PageParameters> page = parse(RequestReader(request.body));
  if (!page.ok()) return respond(std::move(page).error());
  page->meter = Meter(throttle_, page->source.table, page->source.index, CapacityKind::kRead);
  if (Status admitted = page->meter.admit(); !admitted.ok()) return respond(std::move(admitted).error());
  run_read(store_.read_pool(), *request.sink, std::make_unique<PageRead>(store_, std::move(*page)),
           std::move(respond));
}

}  // namespace gyre::operations
