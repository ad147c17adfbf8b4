// SPDX-License-Identifier: Apache-2.0
#include "core/api/read_operation.h"

#include <utility>

namespace gyre::api {

void run_read(storage::ReadPool& pool, CompletionSink& sink, std::unique_ptr<ReadRequest> read,
              http::Responder respond) {
  Result<std::string> reply = read->read(storage::ReadTier::kCache);
  if (reply.ok() || reply.error().code != ErrorCode::kIncomplete) return respond(std::move(reply));

  // Shared, because tasks and completions are std::functions, which must be copyable; one of them owns it at
  // a time.
  struct Pending {
    std::unique_ptr<ReadRequest> read;
    http::Responder respond;
    Result<std::string> reply = std::string();
  };
  auto pending = std::make_shared<Pending>();
  pending->read = std::move(read);
  pending->respond = std::move(respond);
  const bool posted = pool.post([pending, &sink] {
    pending->reply = pending->read->read(storage::ReadTier::kAll);
    sink.deliver({[pending] { pending->respond(std::move(pending->reply)); }});
  });
  if (!posted)
    pending->respond(Error(ErrorCode::kThrottled, "Too many reads are waiting for the disk; try again"));
}

}  // namespace gyre::api
