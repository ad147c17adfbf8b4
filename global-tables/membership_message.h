// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/storage/catalog.h"

namespace gyre::global_tables {

// What regions say to each other in their catalog shards. Format: schemas/membership.capnp.

/// A member asks the owner of a group for a change.
struct MembershipRequest {
  enum class Action { kAdd, kRemove, kActive, kLeft, kFailed };
  std::uint64_t id = 0;
  std::string table_name;
  RegionId owner;
  RegionId region;
  Action action = Action::kAdd;
  IncarnationId incarnation;
  bool operator==(const MembershipRequest&) const = default;
};

/// The owner answers.
struct MembershipReply {
  std::uint64_t id = 0;
  RegionId to;
  std::string error;
  bool operator==(const MembershipReply&) const = default;
};

using MembershipMessage = std::variant<MembershipRequest, MembershipReply>;

storage::RoomMessage encode_membership_message(const MembershipMessage& message);
/// kCorruption if it does not decode.
Result<MembershipMessage> decode_membership_message(const storage::RoomMessage& message);

}  // namespace gyre::global_tables
