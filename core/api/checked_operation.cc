// SPDX-License-Identifier: Apache-2.0
#include "core/api/checked_operation.h"

#include <string>
#include <utility>

#include "core/api/model.h"
#include "core/api/refused_members.h"
#include "core/base/check.h"

namespace gyre::api {
namespace {

const json::Shape& input_of(std::string_view target) {
  const Operation* operation = find_operation(target);
  CHECK(operation != nullptr);
  return *operation->input;
}

class TypesChecked final : public http::Operation {
 public:
  TypesChecked(const json::Shape& input, std::unique_ptr<http::Operation> operation)
      : input_(input), operation_(std::move(operation)) {}

  void run(const http::Request& request, http::Responder respond) override {
    Status types = json::check_types(request.body, input_);
    if (!types.ok()) return respond(std::move(types).error());
    operation_->run(request, std::move(respond));
  }

 private:
  const json::Shape& input_;
  std::unique_ptr<http::Operation> operation_;
};

class ValuesChecked final : public http::Operation {
 public:
  ValuesChecked(const json::Shape& input, RegionId region, std::unique_ptr<http::Operation> operation)
      : input_(input), region_(std::move(region)), operation_(std::move(operation)) {}

  void run(const http::Request& request, http::Responder respond) override {
    Status values = check_members(input_, RequestReader(request.body), region_);
    if (!values.ok()) return respond(std::move(values).error());
    operation_->run(request, std::move(respond));
  }

 private:
  const json::Shape& input_;
  RegionId region_;
  std::unique_ptr<http::Operation> operation_;
};

}  // namespace

void add_operation(http::Router& router, std::string_view target, std::unique_ptr<http::Operation> operation,
                   http::ReplyRoom reply_room) {
  router.add(std::string(target), std::make_unique<TypesChecked>(input_of(target), std::move(operation)),
             reply_room);
}

void add_plain_operation(http::Router& router, std::string_view target, const RegionId& region,
                         std::unique_ptr<http::Operation> operation, http::ReplyRoom reply_room) {
  add_operation(router, target,
                std::make_unique<ValuesChecked>(input_of(target), region, std::move(operation)), reply_room);
}

}  // namespace gyre::api
