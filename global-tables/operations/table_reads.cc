// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/table_reads.h"

#include <utility>

#include "core/api/function_read.h"
#include "core/api/table_reference.h"

namespace gyre::global_tables {

Result<storage::TablePointer> table_member(storage::Store& store, const api::RequestReader& request) {
  ASSIGN_OR_RETURN(const std::string_view name, request.required_string("TableName"));
  return api::find_control_table(*store.catalog().snapshot(), name);
}

void answer_from_read_pool(storage::Store& store, const http::Request& request, http::Responder respond,
                           std::function<Result<std::string>()> read) {
  api::run_on_pool(store.read_pool(), *request.sink,
                   api::read_by([read = std::move(read)](storage::ReadTier) { return read(); }),
                   std::move(respond));
}

}  // namespace gyre::global_tables
