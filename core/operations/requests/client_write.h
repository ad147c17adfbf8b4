// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/http/operation.h"
#include "core/operations/requests/api_names.h"
#include "core/storage/store.h"

namespace gyre::operations {

/// A write that answers one HTTP request: stages in apply() on the writer thread, and renders its reply in
/// reply() on the connection's I/O thread once the batch is durable.
class ClientWrite : public storage::WriteRequest {
 public:
  ClientWrite(const http::Request& request, http::Responder respond);

  /// Reads the items that apply() will look at, on a thread that is not the writer's, and where they are
  /// large, decides ahead what will become of them. kIncomplete if the slice does not do for it: then it is
  /// called again with another one. What else fails is for apply() to meet.
  Status look_ahead(storage::Store& store, ReadSlice& slice);

  std::size_t size_bytes() const final {
    return request_bytes() + prefetched_bytes_ + audit_->user_agent.size();
  }
  Status evaluate(storage::WriteTransaction& transaction) final;
  void complete(Status outcome) final;
  CompletionSink& sink() final { return sink_; }

 protected:
  using ItemVisitor = std::function<void(const storage::TableEntry&, const ItemKey&)>;

  /// About what the parsed request holds in memory.
  virtual std::size_t request_bytes() const = 0;
  /// Shows the items that apply() will look at.
  virtual void visit_items(const ItemVisitor&) const {}
  /// What will apply() decide of the `item`-th of them, if that is `stored` by then? kIncomplete if that
  /// takes more than `work` has left.
  virtual Status consider(std::size_t item, const storage::StoredItem& stored, Work& work) {
    static_cast<void>(item), static_cast<void>(stored), static_cast<void>(work);
    return {};
  }
  virtual Status apply(storage::WriteTransaction& transaction) = 0;
  /// On the I/O thread, once the outcome is known, whatever it is, and before the reply: pays for what
  /// apply() did.
  virtual void settle() {}
  virtual Result<std::string> reply() = 0;

 private:
  Status prefetch(storage::Store& store, storage::ReadTier tier);

  std::shared_ptr<const storage::Audit> audit_;  // shared with the transaction that evaluates it
  CompletionSink& sink_;
  http::Responder respond_;
  std::vector<storage::PrefetchedItem> prefetched_;
  bool is_prefetched_ = false;
  std::size_t considered_ = 0;  // how many of them
  std::size_t prefetched_bytes_ = 0;
};

/// Hands the write to the writer, with what it will look at read and considered ahead: here, or on the read
/// pool if that needs the disk or takes long. The writer itself waits for the disk only if the pool is full.
void submit(storage::Store& store, std::unique_ptr<ClientWrite> write);

}  // namespace gyre::operations
