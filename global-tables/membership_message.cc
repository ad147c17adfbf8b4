// SPDX-License-Identifier: Apache-2.0
#include "global-tables/membership_message.h"

#include "core/storage/message_io.h"
#include "schemas/membership.capnp.h"

namespace gyre::global_tables {
namespace {

using Kind = storage::RoomMessage::Kind;
using Action = MembershipRequest::Action;
static_assert(static_cast<int>(schemas::MembershipRequest::Action::FAILED) ==
              static_cast<int>(Action::kFailed));

storage::RoomMessage encode(const MembershipRequest& request) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::MembershipRequest>();
  out.setId(request.id);
  out.setTableName(storage::as_text(request.table_name));
  out.setOwner(storage::as_text(request.owner.name()));
  out.setRegion(storage::as_text(request.region.name()));
  out.setAction(static_cast<schemas::MembershipRequest::Action>(request.action));
  out.setIncarnation(request.incarnation.value());
  return {Kind::kMembershipRequest, storage::canonical_bytes(out)};
}

storage::RoomMessage encode(const MembershipReply& reply) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::MembershipReply>();
  out.setId(reply.id);
  out.setTo(storage::as_text(reply.to.name()));
  out.setError(storage::as_text(reply.error));
  return {Kind::kMembershipReply, storage::canonical_bytes(out)};
}

Result<MembershipMessage> read_request(schemas::MembershipRequest::Reader in) {
  const auto action = static_cast<std::uint16_t>(in.getAction());
  if (action > static_cast<std::uint16_t>(Action::kFailed)) {
    return Error::corruption("a membership request is of an unknown kind");
  }
  return MembershipMessage(MembershipRequest{
      in.getId(), storage::to_string(in.getTableName()), RegionId(storage::to_string(in.getOwner())),
      RegionId(storage::to_string(in.getRegion())), static_cast<Action>(action),
      IncarnationId(in.getIncarnation())});
}

Result<MembershipMessage> read_reply(schemas::MembershipReply::Reader in) {
  return MembershipMessage(MembershipReply{in.getId(), RegionId(storage::to_string(in.getTo())),
                                           storage::to_string(in.getError())});
}

}  // namespace

storage::RoomMessage encode_membership_message(const MembershipMessage& message) {
  return std::visit([](const auto& kind) { return encode(kind); }, message);
}

Result<MembershipMessage> decode_membership_message(const storage::RoomMessage& message) {
  storage::MessageView view(message.body);
  if (message.kind == Kind::kMembershipRequest) return view.read<schemas::MembershipRequest>(read_request);
  return view.read<schemas::MembershipReply>(read_reply);
}

}  // namespace gyre::global_tables
