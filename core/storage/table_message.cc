// SPDX-License-Identifier: Apache-2.0
#include "core/storage/table_message.h"

#include "core/storage/message_io.h"

namespace gyre::storage {
namespace {

void write_key(schemas::KeyAttribute::Builder out, const KeyAttribute& key) {
  out.setName(as_text(key.name));
  out.setType(enum_number(key.type, ScalarType::kBinary));
}

Result<KeyAttribute> read_key(schemas::KeyAttribute::Reader in) {
  ASSIGN_OR_RETURN(const ScalarType type, read_enum(in.getType(), ScalarType::kBinary));
  return KeyAttribute{to_string(in.getName()), type};
}

void write_stream(schemas::StreamDescriptor::Builder out, const StreamDescriptor& stream) {
  out.setLabel(as_text(stream.label));
  out.setViewType(enum_number(stream.view_type, StreamViewType::kNewAndOldImages));
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
    members[i].setStatus(enum_number(group.members[i].status, ReplicaStatus::kActive));
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

void write_throughput(schemas::Throughput::Builder out, const ProvisionedThroughput& provisioned,
                      const OnDemandThroughput& on_demand, const std::optional<WarmThroughput>& warm) {
  out.setReadUnits(provisioned.read_units);
  out.setWriteUnits(provisioned.write_units);
  out.setIncreasedMs(provisioned.increased_ms);
  out.setDecreasedMs(provisioned.decreased_ms);
  out.setDecreasesToday(provisioned.decreases_today);
  if (on_demand.read_units_max) out.setReadUnitsMax(static_cast<std::int64_t>(*on_demand.read_units_max));
  if (on_demand.write_units_max) out.setWriteUnitsMax(static_cast<std::int64_t>(*on_demand.write_units_max));
  if (!warm) return;
  out.setWarm(true);
  out.setWarmReadUnits(warm->read_units);
  out.setWarmWriteUnits(warm->write_units);
}

ProvisionedThroughput read_provisioned(schemas::Throughput::Reader in) {
  return {in.getReadUnits(), in.getWriteUnits(), in.getIncreasedMs(), in.getDecreasedMs(),
          in.getDecreasesToday()};
}

std::optional<std::uint64_t> unless_negative(std::int64_t value) {
  return value < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(value));
}

OnDemandThroughput read_on_demand(schemas::Throughput::Reader in) {
  return {unless_negative(in.getReadUnitsMax()), unless_negative(in.getWriteUnitsMax())};
}

std::optional<WarmThroughput> read_warm(schemas::Throughput::Reader in) {
  if (!in.getWarm()) return std::nullopt;
  return WarmThroughput{in.getWarmReadUnits(), in.getWarmWriteUnits()};
}

void write_keys(capnp::List<schemas::KeyAttribute>::Builder out, const std::vector<KeyAttribute>& keys) {
  for (unsigned i = 0; i < out.size(); ++i) write_key(out[i], keys[i]);
}

Result<std::vector<KeyAttribute>> read_keys(capnp::List<schemas::KeyAttribute>::Reader in) {
  std::vector<KeyAttribute> keys;
  for (const auto key : in) {
    ASSIGN_OR_RETURN(KeyAttribute attribute, read_key(key));
    keys.push_back(std::move(attribute));
  }
  return keys;
}

void write_index(schemas::Index::Builder out, const IndexSchema& index) {
  out.setId(index.id.value());
  out.setName(as_text(index.name));
  out.setLocal(index.local);
  write_keys(out.initPartition(static_cast<unsigned>(index.partition.size())), index.partition);
  write_keys(out.initSort(static_cast<unsigned>(index.sort.size())), index.sort);
  out.setProjection(enum_number(index.projection, ProjectionType::kAll));
  auto names = out.initNonKeyAttributes(static_cast<unsigned>(index.non_key_attributes.size()));
  for (unsigned i = 0; i < names.size(); ++i) names.set(i, as_text(index.non_key_attributes[i]));
  write_throughput(out.initThroughput(), index.throughput, index.on_demand, index.warm);
  out.setStatus(enum_number(index.status, IndexStatus::kActive));
  out.setBackfilling(index.backfilling);
}

Result<IndexSchema> read_index(schemas::Index::Reader in) {
  IndexSchema index;
  index.id = IndexId(in.getId());
  index.name = to_string(in.getName());
  index.local = in.getLocal();
  ASSIGN_OR_RETURN(index.partition, read_keys(in.getPartition()));
  ASSIGN_OR_RETURN(index.sort, read_keys(in.getSort()));
  if (index.partition.empty()) return Error::corruption("an index has no partition key");
  ASSIGN_OR_RETURN(index.projection, read_enum(in.getProjection(), ProjectionType::kAll));
  for (const auto name : in.getNonKeyAttributes()) index.non_key_attributes.push_back(to_string(name));
  const auto throughput = in.getThroughput();  // once: each look counts against what may be visited
  index.throughput = read_provisioned(throughput);
  index.on_demand = read_on_demand(throughput);
  index.warm = read_warm(throughput);
  ASSIGN_OR_RETURN(index.status, read_enum(in.getStatus(), IndexStatus::kActive));
  index.backfilling = in.getBackfilling();
  return index;
}

void write_encryption(schemas::Encryption::Builder out, const Encryption& encryption) {
  out.setKind(enum_number(encryption.kind, EncryptionKind::kCustomer));
  out.setChangedMs(encryption.changed_ms);
  auto keys = out.initKeys(static_cast<unsigned>(encryption.keys.size()));
  unsigned next = 0;
  for (const auto& [region, key] : encryption.keys) {
    keys[next].setRegion(as_text(region.name()));
    keys[next].setKey(as_text(key));
    ++next;
  }
}

Result<Encryption> read_encryption(schemas::Encryption::Reader in) {
  Encryption encryption;
  ASSIGN_OR_RETURN(encryption.kind, read_enum(in.getKind(), EncryptionKind::kCustomer));
  encryption.changed_ms = in.getChangedMs();
  for (const auto key : in.getKeys()) {
    encryption.keys[RegionId(to_string(key.getRegion()))] = to_string(key.getKey());
  }
  return encryption;
}

void write_settings(schemas::Table::Builder out, const TableSchema& table) {
  write_throughput(out.initThroughput(), table.throughput, table.on_demand, table.warm);
  out.setOnDemandMs(table.on_demand_ms);
  out.setTableClass(enum_number(table.table_class, TableClass::kStandardInfrequentAccess));
  out.setTableClassChangedMs(table.table_class_changed_ms);
  out.setTableClassChangedBeforeMs(table.table_class_changed_before_ms);
  auto indexes = out.initIndexes(static_cast<unsigned>(table.indexes.size()));
  for (unsigned i = 0; i < indexes.size(); ++i) write_index(indexes[i], table.indexes[i]);
  if (table.time_to_live) {
    auto to = out.initTimeToLive();
    to.setAttribute(as_text(table.time_to_live->attribute));
    to.setEnabled(table.time_to_live->enabled);
    to.setChangedMs(table.time_to_live->changed_ms);
  }
  if (table.encryption != Encryption()) write_encryption(out.initEncryption(), table.encryption);
  if (table.recovery) {
    auto to = out.initRecovery();
    to.setEnabledMs(table.recovery->enabled_ms);
    to.setPeriodDays(table.recovery->period_days);
  }
  auto tags = out.initTags(static_cast<unsigned>(table.tags.size()));
  unsigned next = 0;
  for (const auto& [key, value] : table.tags) {
    tags[next].setKey(as_text(key));
    tags[next].setValue(as_text(value));
    ++next;
  }
  out.setSettingsStamp(table.settings_stamp);
  out.setCapacityStamp(table.capacity_stamp);
}

Status read_settings(schemas::Table::Reader in, TableSchema& table) {
  const auto throughput = in.getThroughput();
  table.throughput = read_provisioned(throughput);
  if (!in.hasThroughput()) {
    table.throughput.read_units = in.getReadCapacityUnits();
    table.throughput.write_units = in.getWriteCapacityUnits();
  }
  table.on_demand = read_on_demand(throughput);
  table.warm = read_warm(throughput);
  table.on_demand_ms = in.getOnDemandMs();
  ASSIGN_OR_RETURN(table.table_class, read_enum(in.getTableClass(), TableClass::kStandardInfrequentAccess));
  table.table_class_changed_ms = in.getTableClassChangedMs();
  table.table_class_changed_before_ms = in.getTableClassChangedBeforeMs();
  for (const auto index : in.getIndexes()) {
    ASSIGN_OR_RETURN(IndexSchema schema, read_index(index));
    table.indexes.push_back(std::move(schema));
  }
  if (in.hasTimeToLive()) {
    const auto from = in.getTimeToLive();
    table.time_to_live = TimeToLive{to_string(from.getAttribute()), from.getEnabled(), from.getChangedMs()};
  }
  if (in.hasEncryption()) {
    ASSIGN_OR_RETURN(table.encryption, read_encryption(in.getEncryption()));
  }
  if (in.hasRecovery()) {
    table.recovery = PointInTimeRecovery{in.getRecovery().getEnabledMs(), in.getRecovery().getPeriodDays()};
  }
  for (const auto tag : in.getTags()) table.tags[to_string(tag.getKey())] = to_string(tag.getValue());
  table.settings_stamp = in.getSettingsStamp();
  table.capacity_stamp = in.getCapacityStamp();
  return {};
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

}  // namespace

void write_table(schemas::Table::Builder out, const TableSchema& table) {
  out.setId(table.id.value());
  out.setName(as_text(table.name));
  out.setUuid(as_text(table.uuid));
  auto keys = out.initKeySchema(table.key_schema.sort ? 2 : 1);
  write_key(keys[0], table.key_schema.partition);
  if (table.key_schema.sort) write_key(keys[1], *table.key_schema.sort);
  out.setBillingMode(enum_number(table.billing_mode, BillingMode::kPayPerRequest));
  write_settings(out, table);
  out.setCreatedMs(table.created_ms);
  out.setStatus(enum_number(table.status, TableStatus::kActive));
  out.setDeletionProtection(table.deletion_protection);
  auto streams = out.initStreams(static_cast<unsigned>(table.streams.size()));
  for (unsigned i = 0; i < streams.size(); ++i) write_stream(streams[i], table.streams[i]);
  out.setIncarnation(table.incarnation.value());
  if (table.group) write_group(out.initGroup(), *table.group);
  out.setDeletedMs(table.deleted_ms.value_or(0));
}

Result<TableSchema> read_table(schemas::Table::Reader in) {
  TableSchema table;
  table.id = TableId(in.getId());
  table.name = to_string(in.getName());
  table.uuid = to_string(in.getUuid());
  ASSIGN_OR_RETURN(table.key_schema, read_key_schema(in.getKeySchema()));
  ASSIGN_OR_RETURN(table.billing_mode, read_enum(in.getBillingMode(), BillingMode::kPayPerRequest));
  RETURN_IF_ERROR(read_settings(in, table));
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

}  // namespace gyre::storage
