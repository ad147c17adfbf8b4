// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "core/api/intent.h"
#include "core/api/request_reader.h"
#include "core/http/operation.h"

namespace gyre::api {

/// Of an operation whose request has no members.
struct NoMembers {};

/// An operation in three steps: its request is read into a value, what it is about to do is said, and only
/// then anything is done. `Parsed` is moved from step to step; where nobody observes intents, none are made.
template <class Parsed>
class ParsedOperation : public http::Operation {
 public:
  void run(const http::Request& request, http::Responder respond) final {
    Result<Parsed> parsed = parse(RequestReader(request.body));
    if (!parsed.ok()) return respond(std::move(parsed).error());
    if (request.intents != nullptr) {
      Status admitted = request.intents->admit(request, intents(*parsed));
      if (!admitted.ok()) return respond(std::move(admitted).error());
    }
    execute(std::move(*parsed), request, std::move(respond));
  }

 private:
  /// Reads the request, and looks up what it names in the catalog: whatever is wrong with it is said here.
  /// Changes nothing, and takes no capacity.
  virtual Result<Parsed> parse(const RequestReader& request) const = 0;
  virtual Intents intents(const Parsed& parsed) const = 0;
  virtual void execute(Parsed parsed, const http::Request& request, http::Responder respond) = 0;
};

}  // namespace gyre::api
