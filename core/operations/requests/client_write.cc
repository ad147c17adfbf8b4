// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/client_write.h"

#include <utility>

#include "core/base/check.h"

namespace gyre::operations {

ClientWrite::ClientWrite(const http::Request& request, http::Responder respond)
    : principal_(request.principal),
      request_id_(request.request_id),
      sink_((CHECK(request.sink != nullptr), *request.sink)),
      respond_(std::move(respond)) {}

Status ClientWrite::prefetch(storage::Store& store, storage::ReadTier tier) {
  prefetched_.clear();
  prefetched_bytes_ = 0;
  Status first_failed;
  visit_items([&](const storage::TableEntry& table, const ItemKey& key) {
    if (!first_failed.ok()) return;
    Result<storage::PrefetchedItem> read = store.prefetch(table, key, tier);
    if (!read.ok()) {
      first_failed = std::move(read).error();
      return;
    }
    prefetched_bytes_ += read->size_bytes();
    prefetched_.push_back(std::move(*read));
  });
  return first_failed;
}

void submit(storage::Store& store, std::unique_ptr<ClientWrite> write) {
  const Status here = write->prefetch(store, storage::ReadTier::kCache);
  if (here.ok() || here.error().code != ErrorCode::kIncomplete)
    return store.writer().submit(std::move(write));
  // Shared, because a task is a std::function, which must be copyable; only one of them ever owns the write.
  const auto waiting = std::make_shared<std::unique_ptr<ClientWrite>>(std::move(write));
  const bool posted = store.read_pool().post([&store, waiting] {
    // Should this fail, the writer meets the same error, and answers it.
    static_cast<void>((*waiting)->prefetch(store, storage::ReadTier::kAll));
    // Back to its own thread: a full queue answers where it is asked.
    (*waiting)->sink().deliver({[&store, waiting] { store.writer().submit(std::move(*waiting)); }});
  });
  if (!posted) store.writer().submit(std::move(*waiting));
}

Status ClientWrite::evaluate(storage::WriteTransaction& transaction) {
  for (storage::PrefetchedItem& item : prefetched_) transaction.offer(std::move(item));
  prefetched_.clear();  // a later part reads what it needs
  transaction.set_audit(principal_, request_id_);
  return apply(transaction);
}

void ClientWrite::complete(Status outcome) {
  settle();
  if (!outcome.ok()) return respond_(std::move(outcome).error());
  respond_(reply());
}

}  // namespace gyre::operations
