// SPDX-License-Identifier: Apache-2.0
#include "core/storage/catalog.h"

#include <capnp/any.h>

#include "core/base/check.h"
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

// --- messages of other rooms ---

// The body was encoded by the room that announces it: a bug if it is no message.
void write_message(capnp::AnyPointer::Builder out, const std::string& body) {
  MessageView view(body);
  const Status written = view.read<capnp::AnyPointer>([&](capnp::AnyPointer::Reader in) -> Status {
    out.set(in);
    return {};
  });
  CHECK(written.ok());
}

CatalogChange read_message(RoomMessage::Kind kind, capnp::AnyPointer::Reader in) {
  const kj::Array<capnp::word> words = in.getAs<capnp::AnyStruct>().canonicalize();
  return RoomMessage{kind,
                     {reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(capnp::word)}};
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
      return read_message(RoomMessage::Kind::kMembershipRequest, in.getMembershipRequest());
    case schemas::CatalogChange::MEMBERSHIP_REPLY:
      return read_message(RoomMessage::Kind::kMembershipReply, in.getMembershipReply());
  }
  return Error::corruption("a catalog change is of an unknown kind");
}

}  // namespace

std::string encode_catalog_change(const CatalogChange& change) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::CatalogChange>();
  std::visit(Overloaded{
                 [&](const TableChanged& table) { write_table(out.initTable(), table.schema); },
                 [&](const TableDropped& table) { write_table(out.initTableDropped(), table.schema); },
                 [&](const ShardChanged& shard) { write_shard(out.initShard(), shard.shard); },
                 [&](const ShardTrimmed& shard) { write_shard(out.initShardTrimmed(), shard.shard); },
                 [&](const RoomMessage& said) {
                   write_message(said.kind == RoomMessage::Kind::kMembershipRequest
                                     ? out.initMembershipRequest()
                                     : out.initMembershipReply(),
                                 said.body);
                 },
             },
             change);
  std::string bytes = canonical_bytes(out);
  CHECK(decode_catalog_change(bytes).ok());  // peers read it too
  return bytes;
}

Result<CatalogChange> decode_catalog_change(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::CatalogChange>(read_change);
}

std::string encode_table(const TableSchema& table) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::Table>();
  write_table(out, table);
  std::string bytes = canonical_bytes(out);
  CHECK(decode_table(bytes).ok());  // a region that cannot read it does not open again
  return bytes;
}

Result<TableSchema> decode_table(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::Table>(read_table);
}

std::string encode_shard(const ShardDescriptor& shard) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<schemas::Shard>();
  write_shard(out, shard);
  std::string bytes = canonical_bytes(out);
  CHECK(decode_shard(bytes).ok());  // a region that cannot read it does not open again
  return bytes;
}

Result<ShardDescriptor> decode_shard(std::string_view bytes) {
  MessageView view(bytes);
  return view.read<schemas::Shard>(
      [](schemas::Shard::Reader in) -> Result<ShardDescriptor> { return read_shard(in); });
}

}  // namespace gyre::storage
