// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/legacy_global_tables.h"

namespace gyre::operations {
namespace {

/// There is no global table of 2017, whatever its name.
class UpdateGlobalTableSettings final : public ParsedOperation<std::string> {
  Result<std::string> parse(const RequestReader& request) const override {
    return read_global_table_name(request);
  }

  Intents intents(const std::string& name) const override {
    return global_table_intent("dynamodb:UpdateGlobalTableSettings", name);
  }

  void execute(std::string name, const http::Request&, http::Responder respond) override {
    respond(legacy_global_table_settings_not_found(name));
  }
};

}  // namespace

OperationPointer make_update_global_table_settings(const Dependencies&) {
  return std::make_unique<UpdateGlobalTableSettings>();
}

}  // namespace gyre::operations
