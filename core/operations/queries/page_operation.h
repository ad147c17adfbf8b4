// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/http/operation.h"
#include "core/operations/queries/page_read.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {

/// Query or Scan: what is parsed becomes a page, once its table or index has capacity left.
class PageOperation : public ParsedOperation<PageParameters> {
 public:
  /// `action`: as intents name it.
  PageOperation(const Dependencies& dependencies, std::string_view action)
      : store_(dependencies.store), throttle_(dependencies.throttle), action_(action) {}

 protected:
  storage::Store& store() const { return store_; }

 private:
  Intents intents(const PageParameters& page) const final;
  void execute(PageParameters page, const http::Request& request, http::Responder respond) final;

  storage::Store& store_;
  Throttle* const throttle_;
  const std::string_view action_;
};

}  // namespace gyre::operations
