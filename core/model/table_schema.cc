// SPDX-License-Identifier: Apache-2.0
#include "core/model/table_schema.h"

#include "core/base/check.h"

namespace gyre {

std::string_view scalar_type_name(ScalarType type) {
  switch (type) {
    case ScalarType::kString:
      return "S";
    case ScalarType::kNumber:
      return "N";
    case ScalarType::kBinary:
      return "B";
  }
  CHECK(false);
  return {};
}

KeyAttributes key_attributes_of(const KeySchema& schema) {
  KeyAttributes keys{{&schema.partition, 1}, {}};
  if (schema.sort) keys.sort = {&*schema.sort, 1};
  return keys;
}

KeyAttributes key_attributes_of(const IndexSchema& index) {
  return {index.partition, index.sort};
}

std::string_view table_status_name(TableStatus status) {
  switch (status) {
    case TableStatus::kCreating:
      return "CREATING";
    case TableStatus::kUpdating:
      return "UPDATING";
    case TableStatus::kDeleting:
      return "DELETING";
    case TableStatus::kActive:
      return "ACTIVE";
  }
  CHECK(false);
  return {};
}

std::string_view billing_mode_name(BillingMode mode) {
  switch (mode) {
    case BillingMode::kProvisioned:
      return "PROVISIONED";
    case BillingMode::kPayPerRequest:
      return "PAY_PER_REQUEST";
  }
  CHECK(false);
  return {};
}

std::string_view table_class_name(TableClass table_class) {
  switch (table_class) {
    case TableClass::kStandard:
      return "STANDARD";
    case TableClass::kStandardInfrequentAccess:
      return "STANDARD_INFREQUENT_ACCESS";
  }
  CHECK(false);
  return {};
}

std::string_view projection_type_name(ProjectionType type) {
  switch (type) {
    case ProjectionType::kKeysOnly:
      return "KEYS_ONLY";
    case ProjectionType::kInclude:
      return "INCLUDE";
    case ProjectionType::kAll:
      return "ALL";
  }
  CHECK(false);
  return {};
}

std::string_view index_status_name(IndexStatus status) {
  switch (status) {
    case IndexStatus::kCreating:
      return "CREATING";
    case IndexStatus::kUpdating:
      return "UPDATING";
    case IndexStatus::kDeleting:
      return "DELETING";
    case IndexStatus::kActive:
      return "ACTIVE";
  }
  CHECK(false);
  return {};
}

std::string_view stream_view_type_name(StreamViewType type) {
  switch (type) {
    case StreamViewType::kKeysOnly:
      return "KEYS_ONLY";
    case StreamViewType::kNewImage:
      return "NEW_IMAGE";
    case StreamViewType::kOldImage:
      return "OLD_IMAGE";
    case StreamViewType::kNewAndOldImages:
      return "NEW_AND_OLD_IMAGES";
  }
  CHECK(false);
  return {};
}

std::optional<StreamViewType> parse_stream_view_type(std::string_view name) {
  for (const StreamViewType type : {StreamViewType::kKeysOnly, StreamViewType::kNewImage,
                                    StreamViewType::kOldImage, StreamViewType::kNewAndOldImages}) {
    if (stream_view_type_name(type) == name) return type;
  }
  return std::nullopt;
}

std::string_view replica_status_name(ReplicaStatus status) {
  switch (status) {
    case ReplicaStatus::kCreating:
      return "CREATING";
    case ReplicaStatus::kCreationFailed:
      return "CREATION_FAILED";
    case ReplicaStatus::kUpdating:
      return "UPDATING";
    case ReplicaStatus::kDeleting:
      return "DELETING";
    case ReplicaStatus::kActive:
      return "ACTIVE";
  }
  CHECK(false);
  return {};
}

}  // namespace gyre
