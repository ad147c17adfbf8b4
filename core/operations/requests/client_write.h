// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/http/operation.h"
#include "core/storage/store.h"

namespace gyre::operations {

/// A write that answers one HTTP request: stages in apply() on the writer thread, and renders its reply in
/// reply() on the connection's I/O thread once the batch is durable.
class ClientWrite : public storage::WriteRequest {
 public:
  ClientWrite(const http::Request& request, http::Responder respond);

  /// Reads the items that apply() will look at, on a thread that is not the writer's. kIncomplete, with the
  /// tier kCache, if that must wait for the disk; what else fails is for apply() to meet.
  Status prefetch(storage::Store& store, storage::ReadTier tier);

  std::size_t size_bytes() const final { return request_bytes() + prefetched_bytes_; }
  Status evaluate(storage::WriteTransaction& transaction) final;
  void complete(Status outcome) final;
  CompletionSink& sink() final { return sink_; }

 protected:
  using ItemVisitor = std::function<void(const storage::TableEntry&, const ItemKey&)>;

  /// About what the parsed request holds in memory.
  virtual std::size_t request_bytes() const = 0;
  /// Shows the items that apply() will look at.
  virtual void visit_items(const ItemVisitor&) const {}
  virtual Status apply(storage::WriteTransaction& transaction) = 0;
  /// On the I/O thread, once the outcome is known, whatever it is, and before the reply: pays for what
  /// apply() did.
  virtual void settle() {}
  virtual Result<std::string> reply() = 0;

 private:
  std::string principal_;
  std::string request_id_;
  CompletionSink& sink_;
  http::Responder respond_;
  std::vector<storage::PrefetchedItem> prefetched_;
  std::size_t prefetched_bytes_ = 0;
};

/// Hands the write to the writer, with what it will look at read ahead: here, or on the read pool if the disk
/// is needed. The writer itself waits for the disk only if the pool is full.
void submit(storage::Store& store, std::unique_ptr<ClientWrite> write);

}  // namespace gyre::operations
