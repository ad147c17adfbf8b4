// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/client_write.h"

#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::operations {

namespace {

std::shared_ptr<const storage::Audit> audit_of(const http::Request& request) {
  auto audit = std::make_shared<storage::Audit>();
  audit->principal = request.principal;
  audit->verified = request.verified;
  audit->request_id = request.request_id;
  audit->source_address = request.source_address;
  audit->user_agent = request.user_agent;
  bound(*audit);
  return audit;
}

}  // namespace

ClientWrite::ClientWrite(const http::Request& request, http::Responder respond)
    : audit_(audit_of(request)),
      sink_((CHECK(request.sink != nullptr), *request.sink)),
      respond_(std::move(respond)) {}

Status ClientWrite::look_ahead(storage::Store& store, ReadSlice& slice) {
  if (!is_prefetched_) RETURN_IF_ERROR(prefetch(store, slice.tier()));
  is_prefetched_ = true;
  // Little is decided faster than it is handed about.
  if (size_bytes() < limits::kAheadItemBytesMin) return {};
  for (; considered_ < prefetched_.size(); ++considered_) {
    if (slice.is_over()) return too_much_work();
    RETURN_IF_ERROR(consider(considered_, *prefetched_[considered_].item, slice.work()));
  }
  return {};
}

Status ClientWrite::prefetch(storage::Store& store, storage::ReadTier tier) {
  prefetched_.clear();
  prefetched_bytes_ = 0;
  Status first_failed;
  visit_items([&](const storage::TableEntry& table, const ItemKey& key) {
    if (!first_failed.ok()) return;
    Result<storage::PrefetchedItem> read = store.reads().prefetch(table, key, tier);
    if (!read.ok()) {
      first_failed = std::move(read).error();
      return;
    }
    prefetched_bytes_ += read->size_bytes();
    prefetched_.push_back(std::move(*read));
  });
  return first_failed;
}

namespace {

/// A write on its way through the read pool. Shared, because a task is a std::function, which must be
/// copyable; only one of them ever owns it.
class PooledWrite : public std::enable_shared_from_this<PooledWrite> {
 public:
  PooledWrite(storage::Store& store, std::unique_ptr<ClientWrite> write)
      : store_(store), write_(std::move(write)) {}

  bool post(storage::ReadLane lane) {
    return store_.read_pool().post([self = shared_from_this(), lane] { self->run(lane); }, lane);
  }
  void submit() { store_.writer().submit(std::move(write_)); }

 private:
  void run(storage::ReadLane lane) {
    ReadSlice slice =
        lane == storage::ReadLane::kShort ? ReadSlice::of_short_read() : ReadSlice::of_long_read();
    // Should this fail, the writer meets the same error, and answers it.
    const Status looked = write_->look_ahead(store_, slice);
    const bool unfinished = !looked.ok() && looked.error().code == ErrorCode::kIncomplete;
    if (unfinished && post(storage::ReadLane::kLong)) return;
    // Back to its own thread: a full queue answers where it is asked.
    write_->sink().deliver({[self = shared_from_this()] { self->submit(); }});
  }

  storage::Store& store_;
  std::unique_ptr<ClientWrite> write_;
};

}  // namespace

void submit(storage::Store& store, std::unique_ptr<ClientWrite> write) {
  ReadSlice slice = ReadSlice::on_io_thread();
  const Status here = write->look_ahead(store, slice);
  if (here.ok() || here.error().code != ErrorCode::kIncomplete)
    return store.writer().submit(std::move(write));
  const auto pooled = std::make_shared<PooledWrite>(store, std::move(write));
  if (!pooled->post(storage::ReadLane::kShort)) pooled->submit();
}

Status ClientWrite::evaluate(storage::WriteTransaction& transaction) {
  for (storage::PrefetchedItem& item : prefetched_) transaction.items().offer(std::move(item));
  prefetched_.clear();  // a later part reads what it needs
  transaction.set_audit(audit_);
  return apply(transaction);
}

void ClientWrite::complete(Status outcome) {
  settle();
  if (!outcome.ok()) return respond_(std::move(outcome).error());
  respond_(reply());
}

}  // namespace gyre::operations
