// SPDX-License-Identifier: Apache-2.0
#include "core/storage/catalog.h"
#include "core/storage/message_io.h"
#include "schemas/catalog.capnp.h"

namespace gyre::storage {
namespace {

template <class... Readers>
struct Overloaded : Readers... {
  using Readers::operator()...;
};

// An enum as it stands in a message: `last` is its last member.
template <class Enum>
Result<Enum> read_enum(std::uint64_t value, Enum last) {
  if (value > static_cast<std::uint64_t>(last))
    return Error::corruption("a catalog message has an unknown enum value");
  return static_cast<Enum>(value);
}

std::optional<std::uint64_t> unless_zero(std::uint64_t value) {
  return value == 0 ? std::nullopt : std::optional(value);
}

// --- tables ---

void write_key(schemas::KeyAttribute::Builder out, const KeyAttribute& key) {
  out.setName(as_text(key.name));
  out.setType(static_cast<std::uint8_t>(key.type));
}

Result<KeyAttribute> read_key(schemas::KeyAttribute::Reader in) {
  ASSIGN_OR_RETURN(const ScalarType type, read_enum(in.getType(), ScalarType::kBinary));
  return KeyAttribute{to_string(in.getName()), type};
}

void write_stream(schemas::StreamDescriptor::Builder out, const StreamDescriptor& stream) {
  out.setLabel(as_text(stream.label));
  out.setViewType(static_cast<std::uint8_t>(stream.view_type));
  out.setEnabledMs(stream.enabled_ms);
  out.setDisabledMs(stream.disabled_ms.value_or(0));
}

Result<StreamDescriptor> read_stream(schemas::StreamDescriptor::Reader in) {
  ASSIGN_OR_RETURN(const StreamViewType type, read_enum(in.getViewType(), StreamViewType::kNewAndOldImages));
  return StreamDescriptor{to_string(in.getLabel()), type, in.getEnabledMs(), unless_zero(in.getDisabledMs())};
}

void write_group(schemas::GroupDescriptor::Builder out, const GroupDescriptor& group) {
  out.setOwner(as_text(group.owner.name()));
  out.setGroupEpoch(group.group_epoch);
  auto members = out.initMembers(static_cast<unsigned>(group.members.size()));
  for (unsigned i = 0; i < members.size(); ++i) {
    members[i].setRegion(as_text(group.members[i].region.name()));
    members[i].setIncarnation(group.members[i].incarnation.value());
    members[i].setStatus(static_cast<std::uint8_t>(group.members[i].status));
    members[i].setBackfillSource(as_text(group.members[i].backfill_source.name()));
  }
}

Result<GroupDescriptor> read_group(schemas::GroupDescriptor::Reader in) {
  GroupDescriptor group{RegionId(to_string(in.getOwner())), in.getGroupEpoch(), {}};
  for (const auto member : in.getMembers()) {
    ASSIGN_OR_RETURN(const ReplicaStatus status, read_enum(member.getStatus(), ReplicaStatus::kActive));
    group.members.push_back({RegionId(to_string(member.getRegion())), IncarnationId(member.getIncarnation()),
                             status, RegionId(to_string(member.getBackfillSource()))});
  }
  return group;
}

void write_table(schemas::Table::Builder out, const TableSchema& table) {
  out.setId(table.id.value());
  out.setName(as_text(table.name));
  out.setUuid(as_text(table.uuid));
  auto keys = out.initKeySchema(table.key_schema.sort ? 2 : 1);
  write_key(keys[0], table.key_schema.partition);
  if (table.key_schema.sort) write_key(keys[1], *table.key_schema.sort);
  out.setBillingMode(static_cast<std::uint8_t>(table.billing_mode));
  out.setReadCapacityUnits(table.read_capacity_units);
  out.setWriteCapacityUnits(table.write_capacity_units);
  out.setCreatedMs(table.created_ms);
  out.setStatus(static_cast<std::uint8_t>(table.status));
  out.setDeletionProtection(table.deletion_protection);
  auto streams = out.initStreams(static_cast<unsigned>(table.streams.size()));
  for (unsigned i = 0; i < streams.size(); ++i) write_stream(streams[i], table.streams[i]);
  out.setIncarnation(table.incarnation.value());
  if (table.group) write_group(out.initGroup(), *table.group);
  out.setDeletedMs(table.deleted_ms.value_or(0));
}

Result<KeySchema> read_key_schema(capnp::List<schemas::KeyAttribute>::Reader in) {
  if (in.size() != 1 && in.size() != 2) return Error::corruption("a table has not one or two key attributes");
  KeySchema schema;
  ASSIGN_OR_RETURN(schema.partition, read_key(in[0]));
  if (in.size() == 2) {
    ASSIGN_OR_RETURN(schema.sort, read_key(in[1]));
  }
  return schema;
}

Result<TableSchema> read_table(schemas::Table::Reader in) {
  TableSchema table;
  table.id = TableId(in.getId());
  table.name = to_string(in.getName());
  table.uuid = to_string(in.getUuid());
  ASSIGN_OR_RETURN(table.key_schema, read_key_schema(in.getKeySchema()));
  ASSIGN_OR_RETURN(table.billing_mode, read_enum(in.getBillingMode(), BillingMode::kPayPerRequest));
  table.read_capacity_units = in.getReadCapacityUnits();
  table.write_capacity_units = in.getWriteCapacityUnits();
  table.created_ms = in.getCreatedMs();
  ASSIGN_OR_RETURN(table.status, read_enum(in.getStatus(), TableStatus::kActive));
  table.deletion_protection = in.getDeletionProtection();
  for (const auto stream : in.getStreams()) {
    ASSIGN_OR_RETURN(StreamDescriptor descriptor, read_stream(stream));
    table.streams.push_back(std::move(descriptor));
  }
  table.incarnation = IncarnationId(in.getIncarnation());
  if (in.hasGroup()) {
    ASSIGN_OR_RETURN(table.group, read_group(in.getGroup()));
  }
  table.deleted_ms = unless_zero(in.getDeletedMs());
  return table;
}

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
