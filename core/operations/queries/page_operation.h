// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/http/operation.h"
#include "core/operations/queries/page_read.h"
#include "core/operations/requests/dependencies.h"

namespace gyre::operations {

/// Query or Scan: what is parsed becomes a page, once its table or index has capacity left.
class PageOperation : public http::Operation {
 public:
  explicit PageOperation(const Dependencies& dependencies)
      : store_(dependencies.store), throttle_(dependencies.throttle) {}

  void run(const http::Request& request, http::Responder respond) final;

 protected:
  virtual Result<PageParameters> parse(const RequestReader& request) const = 0;

  storage::Store& store() const { return store_; }

 private:
  storage::Store& store_;
  Throttle* const throttle_;
};

}  // namespace gyre::operations
