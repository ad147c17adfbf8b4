// SPDX-License-Identifier: Apache-2.0
#include "core/operations/client_write.h"

#include <utility>

#include "core/base/check.h"

namespace gyre::operations {

ClientWrite::ClientWrite(const http::Request& request, http::Responder respond)
    : principal_(request.principal),
      request_id_(request.request_id),
      sink_((CHECK(request.sink != nullptr), *request.sink)),
      respond_(std::move(respond)) {}

Status ClientWrite::evaluate(storage::WriteTransaction& transaction) {
  transaction.set_audit(principal_, request_id_);
  return apply(transaction);
}

void ClientWrite::complete(Status outcome) {
  if (!outcome.ok()) return respond_(std::move(outcome).error());
  respond_(reply());
}

}  // namespace gyre::operations
