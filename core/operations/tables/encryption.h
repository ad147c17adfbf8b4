// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/json/json_writer.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {

// Encryption at rest as tables are asked for it and describe it. Nothing is encrypted, and there is no KMS:
// any key that could exist is taken for one that does. Rules and words: AWS API reference,
// "SSESpecification", and what others measured on AWS.

/// `SSESpecification`.
struct EncryptionRequest {
  bool enabled = false;
  std::string key_id;  ///< empty: the key that KMS keeps for DynamoDB
};
/// kValidation, in AWS's words.
Result<std::optional<EncryptionRequest>> read_encryption(const RequestReader& request);

/// Pure: of a new table. kValidation for a key that cannot be one of `region`.
Result<Encryption> new_encryption(const EncryptionRequest& wanted, const RegionId& region);
/// Pure: of a table that is there. kValidation, also for what it is already.
Status change_encryption(const EncryptionRequest& wanted, const RegionId& region, std::uint64_t now_ms,
                         TableSchema& table);

/// `KMSMasterKeyId`; empty: absent. kValidation for a text that is too long for a key, or has nothing.
Result<std::string> read_key_id(const RequestReader& structure);

/// Ids of keys, each to be read in its region; empty: none was given.
using ReplicaKeys = std::map<RegionId, std::string>;
/// Pure: may a replica be added in `region` with the key `key_id`? kValidation: each replica of a table with
/// customer's keys needs one, others take none.
Status check_replica_key(const TableSchema& table, const RegionId& region, const std::string& key_id);
/// Pure: adds the key of a replica that is to be, or replaces it. Does nothing but for customer's keys.
Status set_replica_key(const RegionId& region, const std::string& key_id, std::uint64_t now_ms,
                       TableSchema& table);
/// Pure: gives every member of the table's group a customer's key. kValidation unless each gets one.
Status change_replica_keys(const ReplicaKeys& keys, std::uint64_t now_ms, TableSchema& table);

/// "arn:aws:kms:REGION:ACCOUNT:key/ID" of the key that KMS keeps for DynamoDB.
std::string managed_key_arn(const RegionId& region);
/// Of the key of the replica in `region`; nullopt: AWS's own, or one that is not known here yet.
std::optional<std::string> key_arn(const Encryption& encryption, const RegionId& region);

/// `SSEDescription`, if there is any. `changing`: as an UpdateTable shows it that has just changed it.
void write_encryption(json::Writer& writer, const Encryption& encryption, const RegionId& region,
                      bool changing);

}  // namespace gyre::operations
