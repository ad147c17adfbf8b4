// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/operations/client_write.h"
#include "core/operations/operation_list.h"
#include "core/operations/request_reader.h"
#include "core/operations/table_description.h"
#include "core/operations/table_reference.h"
#include "core/operations/table_settings.h"
#include "core/operations/tags.h"

namespace gyre::operations {
namespace {

struct CreateParameters {
  TableSchema schema;  ///< all that the request decides
  std::optional<StreamSpecification> stream;
};

enum class KeyType { kHash, kRange };
struct KeyElement {
  std::string name;
  KeyType type;
};

std::string join_names(const auto& elements) {
  std::string text;
  for (const auto& element : elements) text += (text.empty() ? "" : ", ") + element.name;
  return text;
}

Result<std::string> read_attribute_name(const RequestReader& element) {
  ASSIGN_OR_RETURN(const std::string_view name, element.required_string("AttributeName"));
  const std::string path = element.path_of("AttributeName");
  if (name.empty()) return constraint_error(name, path, "Member must have length greater than or equal to 1");
  if (name.size() > limits::kKeyNameBytesMax) {
    return constraint_error(name, path, "Member must have length less than or equal to 255");
  }
  return std::string(name);
}

Result<std::vector<KeyAttribute>> read_definitions(const RequestReader& request) {
  enum class Type { kBinary, kNumber, kString };  // in the order of AWS's message
  constexpr std::array<std::string_view, 3> kTypes = {"B", "N", "S"};
  constexpr std::array<ScalarType, 3> kScalars = {ScalarType::kBinary, ScalarType::kNumber,
                                                  ScalarType::kString};
  ASSIGN_OR_RETURN(const json::Value list, request.required_list("AttributeDefinitions"));
  std::vector<KeyAttribute> definitions;
  RETURN_IF_ERROR(for_each_structure(
      list, "AttributeDefinition", "attributeDefinitions", [&](const RequestReader& element) -> Status {
        ASSIGN_OR_RETURN(std::string name, read_attribute_name(element));
        ASSIGN_OR_RETURN(const auto type, element.choice<Type>("AttributeType", kTypes));
        if (!type) return missing_member_error(element.path_of("AttributeType"));
        definitions.push_back({std::move(name), kScalars[static_cast<std::size_t>(*type)]});
        return {};
      }));
  return definitions;
}

Result<std::vector<KeyElement>> read_key_elements(const RequestReader& request) {
  constexpr std::array<std::string_view, 2> kTypes = {"HASH", "RANGE"};
  ASSIGN_OR_RETURN(const json::Value list, request.required_list("KeySchema"));
  std::vector<KeyElement> elements;
  RETURN_IF_ERROR(
      for_each_structure(list, "KeySchemaElement", "keySchema", [&](const RequestReader& element) -> Status {
        ASSIGN_OR_RETURN(std::string name, read_attribute_name(element));
        ASSIGN_OR_RETURN(const auto type, element.choice<KeyType>("KeyType", kTypes));
        if (!type) return missing_member_error(element.path_of("KeyType"));
        elements.push_back({std::move(name), *type});
        return {};
      }));
  if (elements.empty()) {
    return constraint_error("[]", "keySchema", "Member must have length greater than or equal to 1");
  }
  if (elements.size() > 2) {
    return constraint_error(fmt::format("[{}]", join_names(elements)), "keySchema",
                            "Member must have length less than or equal to 2");
  }
  return elements;
}

Result<KeySchema> resolve_keys(const std::vector<KeyElement>& elements,
                               const std::vector<KeyAttribute>& definitions) {
  const auto definition_of = [&](const KeyElement& element) -> const KeyAttribute* {
    for (const KeyAttribute& definition : definitions) {
      if (definition.name == element.name) return &definition;
    }
    return nullptr;
  };
  for (const KeyElement& element : elements) {
    if (definition_of(element) != nullptr) continue;
    return Error::validation(
        fmt::format("One or more parameter values were invalid: Some index key attributes are not defined in "
                    "AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
                    join_names(elements), join_names(definitions)));
  }
  if (elements[0].type != KeyType::kHash) {
    return Error::validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (elements.size() == 2) {
    if (elements[0].name == elements[1].name) {
      return Error::validation(
          "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    if (elements[1].type != KeyType::kRange) {
      return Error::validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    }
  }
  if (elements.size() != definitions.size()) {
    return Error::validation(
        "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match "
        "number of "
        "attributes defined in AttributeDefinitions");
  }
  KeySchema schema{*definition_of(elements[0]), std::nullopt};
  if (elements.size() == 2) schema.sort = *definition_of(elements[1]);
  return schema;
}

// A version 4 UUID.
std::string make_uuid(std::uint64_t high, std::uint64_t low) {
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff,
                     0x8000 | ((low >> 48) & 0x3fff), low & 0xffffffffffff);
}

class CreateTableWrite final : public ClientWrite {
 public:
  CreateTableWrite(CreateParameters parameters, const RegionId& self, const http::Request& request,
                   http::Responder respond)
      : ClientWrite(request, std::move(respond)),
        schema_(std::move(parameters.schema)),
        stream_(parameters.stream),
        self_(self) {}

  std::size_t request_bytes() const override { return sizeof(*this) + schema_.name.size(); }

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    const storage::CatalogSnapshot& catalog = transaction.catalog();
    if (catalog.find(schema_.name)) {
      return Error(ErrorCode::kResourceInUse, fmt::format("Table already exists: {}", schema_.name));
    }
    if (catalog.names().size() >= limits::kTablesMax) {
      return Error(
          ErrorCode::kLimitExceeded,
          fmt::format("Subscriber limit exceeded: Provision max {} tables allowed", limits::kTablesMax));
    }
    schema_.id = transaction.new_table_id();
    schema_.uuid = make_uuid(transaction.random(), transaction.random());
    schema_.incarnation = IncarnationId(transaction.random() | 1);  // 0 means none
    schema_.created_ms = transaction.now_ms();
    if (stream_ && stream_->enabled) {
      schema_.streams = {new_stream(schema_, stream_->view_type, schema_.created_ms)};
    }
    return transaction.put_table(schema_);
  }

  Result<std::string> reply() override {
    return table_reply("TableDescription", schema_, self_, TableStatus::kCreating, TableSize());
  }

 private:
  TableSchema schema_;
  std::optional<StreamSpecification> stream_;
  const RegionId& self_;
};

class CreateTable final : public http::Operation {
 public:
  explicit CreateTable(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<CreateParameters> parameters = parse(RequestReader(request.body));
    if (!parameters.ok()) return respond(std::move(parameters).error());
    store_.writer().submit(std::make_unique<CreateTableWrite>(std::move(*parameters), store_.region(),
                                                              request, std::move(respond)));
  }

 private:
  Result<CreateParameters> parse(const RequestReader& request) const {
    CreateParameters parameters;
    TableSchema& schema = parameters.schema;
    ASSIGN_OR_RETURN(TableReference reference, read_control_table(request, store_.region()));
    schema.name = std::move(reference.name);
    ASSIGN_OR_RETURN(const std::vector<KeyAttribute> definitions, read_definitions(request));
    ASSIGN_OR_RETURN(const std::vector<KeyElement> elements, read_key_elements(request));
    ASSIGN_OR_RETURN(const std::optional<BillingMode> mode, read_billing_mode(request));
    ASSIGN_OR_RETURN(const std::optional<Throughput> throughput, read_throughput(request));
    ASSIGN_OR_RETURN(parameters.stream, read_stream_specification(request));
    ASSIGN_OR_RETURN(schema.deletion_protection, request.flag("DeletionProtectionEnabled"));
    schema.billing_mode = mode.value_or(BillingMode::kProvisioned);
    RETURN_IF_ERROR(check_billing(schema.billing_mode, throughput));
    if (throughput) {
      schema.throughput.read_units = throughput->read_units;
      schema.throughput.write_units = throughput->write_units;
    }
    RETURN_IF_ERROR(refuse_table_features(request));
    ASSIGN_OR_RETURN(const std::optional<json::Value> tags, request.list("Tags"));
    if (tags) {
      ASSIGN_OR_RETURN(schema.tags, read_tags(*tags));
    }
    ASSIGN_OR_RETURN(schema.key_schema, resolve_keys(elements, definitions));
    return parameters;
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_create_table(const Dependencies& dependencies) {
  return std::make_unique<CreateTable>(dependencies.store);
}

}  // namespace gyre::operations
