// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/http/operation.h"
#include "core/storage/writer.h"

namespace gyre::operations {

/// A write that answers one HTTP request: stages in apply() on the writer thread, and renders its reply in
/// reply() on the connection's I/O thread once the batch is durable.
class ClientWrite : public storage::WriteRequest {
 public:
  ClientWrite(const http::Request& request, http::Responder respond);

  Status evaluate(storage::WriteTransaction& transaction) final;
  void complete(Status outcome) final;
  CompletionSink& sink() final { return sink_; }

 protected:
  virtual Status apply(storage::WriteTransaction& transaction) = 0;
  virtual Result<std::string> reply() = 0;

 private:
  std::string principal_;
  std::string request_id_;
  CompletionSink& sink_;
  http::Responder respond_;
};

}  // namespace gyre::operations
