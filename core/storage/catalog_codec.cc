// SPDX-License-Identifier: Apache-2.0
#include "core/storage/catalog.h"
#include "core/storage/message_io.h"
#include "core/storage/table_message.h"
#include "schemas/catalog.capnp.h"

namespace gyre::storage {
namespace {

template <class... Readers>
struct Overloaded : Readers... {
  using Readers::operator()...;
};

// --- shards ---

void write_shard(schemas::Shard::Builder out, const ShardDescriptor& shard) {
  out.setId(shard.id.value());
  out.setTableId(shard.table.value());
  out.setParent(shard.parent.value_or(ShardId()).value());
  out.setHashFirst(shard.hash_first);
  out.setHashLast(shard.hash_last);
  out.setOpenedMs(shard.opened_ms);
  out.setClosedMs(shard.closed_ms.value_or(0));
  out.setFirstSequence(shard.first_sequence.value());
  out.setLastSequence(shard.last_sequence.value());
  out.setStreamLabel(as_text(shard.stream_label));
  out.setLastOrdinal(shard.last_ordinal.value());
  out.setLastCumulativeBytes(shard.last_cumulative_bytes);
}

ShardDescriptor read_shard(schemas::Shard::Reader in) {
  ShardDescriptor shard;
  shard.id = ShardId(in.getId());
  shard.table = TableId(in.getTableId());
  if (in.getParent() != 0) shard.parent = ShardId(in.getParent());
  shard.hash_first = in.getHashFirst();
  shard.hash_last = in.getHashLast();
  shard.opened_ms = in.getOpenedMs();
  shard.closed_ms = unless_zero(in.getClosedMs());
  shard.first_sequence = SequenceNumber(in.getFirstSequence());
  shard.last_sequence = SequenceNumber(in.getLastSequence());
  shard.stream_label = to_string(in.getStreamLabel());
  shard.last_ordinal = Ordinal(in.getLastOrdinal());
  shard.last_cumulative_bytes = in.getLastCumulativeBytes();
  return shard;
}

// --- membership ---

void write_request(schemas::MembershipRequest::Builder out, const MembershipRequest& request) {
  out.setId(request.id);
  out.setTableName(as_text(request.table_name));
  out.setOwner(as_text(request.owner.name()));
  out.setRegion(as_text(request.region.name()));
  out.setAction(static_cast<schemas::MembershipRequest::Action>(request.action));
  out.setIncarnation(request.incarnation.value());
}
static_assert(static_cast<int>(schemas::MembershipRequest::Action::FAILED) ==
              static_cast<int>(MembershipRequest::Action::kFailed));

Result<MembershipRequest> read_request(schemas::MembershipRequest::Reader in) {
  using Action = MembershipRequest::Action;
  ASSIGN_OR_RETURN(const Action action,
                   read_enum(static_cast<std::uint64_t>(in.getAction()), Action::kFailed));
  return MembershipRequest{in.getId(),
                           to_string(in.getTableName()),
                           RegionId(to_string(in.getOwner())),
                           RegionId(to_string(in.getRegion())),
                           action,
                           IncarnationId(in.getIncarnation())};
}

// Widens a reading of one member to the variant.
template <class Change, class Value>
Result<CatalogChange> as_change(Result<Value> value) {
  if (!value.ok()) return std::move(value).error();
  return CatalogChange(Change{std::move(value).value()});
}

Result<CatalogChange> read_change(schemas::CatalogChange::Reader in) {
  switch (in.which()) {
    case schemas::CatalogChange::TABLE:
      return as_change<TableChanged>(read_table(in.getTable()));
    case schemas::CatalogChange::TABLE_DROPPED:
      return as_change<TableDropped>(read_table(in.getTableDropped()));
    case schemas::CatalogChange::SHARD:
      return CatalogChange(ShardChanged{read_shard(in.getShard())});
    case schemas::CatalogChange::SHARD_TRIMMED:
      return CatalogChange(ShardTrimmed{read_shard(in.getShardTrimmed())});
    case schemas::CatalogChange::MEMBERSHIP_REQUEST:
      return as_change<MembershipRequest>(read_request(in.getMembershipRequest()));
    case schemas::CatalogChange::MEMBERSHIP_REPLY: {
      const auto reply = in.getMembershipReply();
      return CatalogChange(
          MembershipReply{reply.getId(), RegionId(to_string(reply.getTo())), to_string(reply.getError())});
    }
  }
  return Error::corruption("a catalog change is of an unknown kind");
}

}  // namespace

std::string encode_catalog_change(const CatalogChange& change) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::CatalogChange>();
  std::visit(
      Overloaded{
          [&](const TableChanged& table) { write_table(out.initTable(), table.schema); },
          [&](const TableDropped& table) { write_table(out.initTableDropped(), table.schema); },
          [&](const ShardChanged& shard) { write_shard(out.initShard(), shard.shard); },
          [&](const ShardTrimmed& shard) { write_shard(out.initShardTrimmed(), shard.shard); },
          [&](const MembershipRequest& request) { write_request(out.initMembershipRequest(), request); },
          [&](const MembershipReply& reply) {
            auto to = out.initMembershipReply();
            to.setId(reply.id);
            to.setTo(as_text(reply.to.name()));
            to.setError(as_text(reply.error));
          },
      },
      change);
  return canonical_bytes(out);
}

Result<CatalogChange> decode_catalog_change(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::CatalogChange>(read_change);
}

std::string encode_table(const TableSchema& table) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::Table>();
  write_table(out, table);
  return canonical_bytes(out);
}

Result<TableSchema> decode_table(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::Table>(read_table);
}

std::string encode_shard(const ShardDescriptor& shard) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::Shard>();
  write_shard(out, shard);
  return canonical_bytes(out);
}

Result<ShardDescriptor> decode_shard(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::Shard>(
      [](schemas::Shard::Reader in) -> Result<ShardDescriptor> { return read_shard(in); });
}

}  // namespace gyre::storage
