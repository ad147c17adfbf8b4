// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/encryption.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/model/replicated_settings.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kManagedAlias = "alias/aws/dynamodb";
constexpr std::size_t kArnFields = 6;

Error no_such_key(std::string_view what) {
  return Error::validation(
      fmt::format("KMS validation error: com.amazonaws.services.kms.model.NotFoundException: {}", what));
}

Error key_for_each_replica() {
  return invalid_parameter("KMSMasterKeyId must be specified for each replica.");
}

bool is_word(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           more.find(c) != std::string_view::npos;
  });
}

std::string kms_arn(const RegionId& region, std::string_view resource) {
  return fmt::format("arn:aws:kms:{}:{}:{}", region.name(), kAccountId, resource);
}

bool is_key_name(std::string_view resource) {
  if (resource.starts_with("alias/")) return is_word(resource.substr(6), "/_");
  return resource.starts_with("key/") && is_word(resource.substr(4), "");
}

/// The last field has the rest.
std::array<std::string_view, kArnFields> arn_fields(std::string_view arn) {
  std::array<std::string_view, kArnFields> fields;
  for (std::size_t i = 0; i + 1 < kArnFields; ++i) {
    const std::size_t end = std::min(arn.find(':'), arn.size());
    fields[i] = arn.substr(0, end);
    arn.remove_prefix(std::min(end + 1, arn.size()));
  }
  fields.back() = arn;
  return fields;
}

// What KMSMasterKeyId names: an id, an alias or the ARN of one of them. KMS would give the key behind an
// alias; here its ARN is the alias's.
Result<std::string> read_key(const std::string& id, const RegionId& region) {
  if (is_arn(id)) {
    const auto [arn, partition, service, its_region, account, resource] = arn_fields(id);
    if (service != "kms" || !is_key_name(resource) || !is_word(partition, "") || !is_word(account, "")) {
      return no_such_key(fmt::format("Invalid keyId {}", id));
    }
    if (its_region != region.name()) return no_such_key(fmt::format("Invalid arn {}", its_region));
    return id;
  }
  const std::string resource = id.starts_with("alias/") ? id : "key/" + id;
  if (!is_key_name(resource)) return no_such_key(fmt::format("Invalid keyId {}", id));
  return kms_arn(region, resource);
}

bool is_managed(const std::string& arn, const RegionId& region) {
  return arn == managed_key_arn(region) || arn.ends_with(fmt::format(":{}", kManagedAlias));
}

bool is_encrypted_with(const TableSchema& table, const RegionId& region, const std::string& arn) {
  return key_arn(table.encryption, region) == arn;
}

// Keys of both kinds in one group are refused.
Status check_kind(const std::map<RegionId, std::string>& keys) {
  for (const auto& [region, arn] : keys) {
    if (!is_managed(arn, region)) continue;
    return invalid_parameter("All replica keys must either be Customer Managed CMK or AWS Managed CMK.");
  }
  return {};
}

}  // namespace

Result<std::string> read_key_id(const RequestReader& structure) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> id, structure.string("KMSMasterKeyId"));
  if (!id) return std::string();
  if (id->empty() || id->size() > limits::kKmsKeyIdBytesMax) return no_such_key("Invalid keyId");
  return std::string(*id);
}

Result<std::optional<EncryptionRequest>> read_encryption(const RequestReader& request) {
  enum class Type { kAes256, kKms };
  constexpr std::array<std::string_view, 2> kTypes = {"AES256", "KMS"};
  ASSIGN_OR_RETURN(const std::optional<RequestReader> structure, request.structure("SSESpecification"));
  if (!structure) return std::optional<EncryptionRequest>();
  ASSIGN_OR_RETURN(const std::optional<bool> enabled, structure->boolean("Enabled"));
  ASSIGN_OR_RETURN(const auto type, structure->choice<Type>("SSEType", kTypes));
  ASSIGN_OR_RETURN(std::string key, read_key_id(*structure));
  if (enabled && !*enabled) {
    if (type) return invalid_parameter("SSEType can not be specified if Enabled is false");
    if (!key.empty()) return invalid_parameter("KMSMasterKeyId can not be specified if Enabled is false");
    return std::optional(EncryptionRequest());
  }
  if (type == Type::kAes256) return invalid_parameter("SSEType AES256 is not supported");
  if (!key.empty() && !type)
    return invalid_parameter("SSEType KMS is required if KMSMasterKeyId is specified");
  // Without `Enabled`, a type asks for it as well; an empty structure does not.
  return std::optional(EncryptionRequest{enabled.has_value() || type.has_value(), std::move(key)});
}

Result<Encryption> new_encryption(const EncryptionRequest& wanted, const RegionId& region) {
  Encryption encryption;
  if (!wanted.enabled) return encryption;
  encryption.kind = EncryptionKind::kManaged;
  if (wanted.key_id.empty()) return encryption;
  ASSIGN_OR_RETURN(std::string arn, read_key(wanted.key_id, region));
  if (is_managed(arn, region)) return encryption;
  encryption.kind = EncryptionKind::kCustomer;
  encryption.keys.emplace(region, std::move(arn));
  return encryption;
}

Status change_encryption(const EncryptionRequest& wanted, const RegionId& region, std::uint64_t now_ms,
                         TableSchema& table) {
  ASSIGN_OR_RETURN(Encryption encryption, new_encryption(wanted, region));
  if (encryption.kind == EncryptionKind::kOwned && table.encryption.kind == EncryptionKind::kOwned) {
    return invalid_parameter("Table is already encrypted by default");
  }
  if (is_arn(wanted.key_id) && is_encrypted_with(table, region, wanted.key_id)) {
    return invalid_parameter(
        "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to "
        "change Master Key");
  }
  if (encryption.kind == EncryptionKind::kCustomer && table.replicated()) {
    if (table.encryption.kind != EncryptionKind::kCustomer) return key_for_each_replica();
    encryption.keys.merge(std::map(table.encryption.keys));  // the others keep theirs
  }
  encryption.changed_ms = change_time_after(table.encryption.changed_ms, now_ms);
  table.encryption = std::move(encryption);
  return {};
}

Status check_replica_key(const TableSchema& table, const RegionId& region, const std::string& key_id) {
  if (key_id.empty()) {
    return table.encryption.kind == EncryptionKind::kCustomer ? Status(key_for_each_replica()) : Status();
  }
  if (table.encryption.kind == EncryptionKind::kOwned) return key_for_each_replica();
  ASSIGN_OR_RETURN(const std::string arn, read_key(key_id, region));
  if (is_managed(arn, region) == (table.encryption.kind == EncryptionKind::kManaged)) return {};
  return invalid_parameter("All replica keys must either be Customer Managed CMK or AWS Managed CMK.");
}

Status set_replica_key(const RegionId& region, const std::string& key_id, std::uint64_t now_ms,
                       TableSchema& table) {
  if (table.encryption.kind != EncryptionKind::kCustomer || key_id.empty()) return {};
  ASSIGN_OR_RETURN(std::string arn, read_key(key_id, region));
  table.encryption.keys[region] = std::move(arn);
  table.encryption.changed_ms = change_time_after(table.encryption.changed_ms, now_ms);
  return {};
}

Status change_replica_keys(const ReplicaKeys& keys, std::uint64_t now_ms, TableSchema& table) {
  if (!table.replicated()) {
    return Error::validation(
        "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, "
        "DeleteTable, "
        "or UpdateTable as required.");
  }
  std::map<RegionId, std::string> arns;
  for (const auto& [region, id] : keys) {
    if (table.group->find(region) == nullptr) {
      return Error::validation(fmt::format(
          "Update global table operation failed because one or more replicas were not part of the "
          "global table. Please retry the request without these replicas: [{}].",
          region.name()));
    }
    if (id.empty()) {
      return Error::validation("There are no actions specified in the Replica Update Action of the request.");
    }
    ASSIGN_OR_RETURN(std::string arn, read_key(id, region));
    arns.emplace(region, std::move(arn));
  }
  for (const GroupMember& member : table.group->members) {
    if (!arns.contains(member.region)) return key_for_each_replica();
  }
  RETURN_IF_ERROR(check_kind(arns));
  const std::uint64_t changed_ms = change_time_after(table.encryption.changed_ms, now_ms);
  table.encryption = {EncryptionKind::kCustomer, std::move(arns), changed_ms};
  return {};
}

std::string managed_key_arn(const RegionId& region) {
  const std::uint64_t high = hash64(region.name() + "/high"), low = hash64(region.name() + "/low");
  return kms_arn(region, fmt::format("key/{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", high >> 32,
                                     (high >> 16) & 0xffff, high & 0xfff, low >> 52, low & 0xffff'ffff'ffff));
}

std::optional<std::string> key_arn(const Encryption& encryption, const RegionId& region) {
  if (encryption.kind == EncryptionKind::kOwned) return std::nullopt;
  if (encryption.kind == EncryptionKind::kManaged) return managed_key_arn(region);
  const auto found = encryption.keys.find(region);
  return found == encryption.keys.end() ? std::nullopt : std::optional(found->second);
}

void write_encryption(json::Writer& writer, const Encryption& encryption, const RegionId& region,
                      bool changing) {
  const bool encrypted = encryption.kind != EncryptionKind::kOwned;
  if (!encrypted && !changing) return;
  writer.key("SSEDescription").begin_object().member("Status", changing ? "UPDATING" : "ENABLED");
  if (encrypted) writer.member("SSEType", "KMS");
  if (const auto arn = key_arn(encryption, region)) writer.member("KMSMasterKeyArn", *arn);
  writer.end_object();
}

}  // namespace gyre::operations
