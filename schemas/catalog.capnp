# SPDX-License-Identifier: Apache-2.0
@0xb7d1a3e95c4f2018;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("gyre::schemas");

# Rows of the column family `catalog`, and the payload of catalog change records, which other regions follow.

struct KeyAttribute {
  name @0 :Text;
  type @1 :UInt8;               # ScalarType
}

struct Throughput {
  readUnits @0 :UInt64;
  writeUnits @1 :UInt64;
  increasedMs @2 :UInt64;       # 0 = never
  decreasedMs @3 :UInt64;
  decreasesToday @4 :UInt64;
  readUnitsMax @5 :Int64 = -1;  # on demand; -1 = no cap
  writeUnitsMax @6 :Int64 = -1;
  warm @7 :Bool;                # whether the next two were asked for
  warmReadUnits @8 :UInt64;
  warmWriteUnits @9 :UInt64;
}

struct Index {
  id @0 :UInt64;
  name @1 :Text;
  local @2 :Bool;
  partition @3 :List(KeyAttribute);   # one to four
  sort @4 :List(KeyAttribute);        # up to four
  projection @5 :UInt8;               # ProjectionType
  nonKeyAttributes @6 :List(Text);
  throughput @7 :Throughput;
  status @8 :UInt8;                   # IndexStatus
  backfilling @9 :Bool;
}

struct TimeToLive {
  attribute @0 :Text;
  enabled @1 :Bool;
  changedMs @2 :UInt64;
}

struct RegionKey {
  region @0 :Text;
  key @1 :Text;
}

struct Encryption {
  kind @0 :UInt8;               # EncryptionKind
  keys @1 :List(RegionKey);     # rising by region
  changedMs @2 :UInt64;
}

struct PointInTimeRecovery {
  enabledMs @0 :UInt64;
  periodDays @1 :UInt64;
}

struct Tag {
  key @0 :Text;
  value @1 :Text;
}

struct StreamDescriptor {
  label @0 :Text;
  viewType @1 :UInt8;
  enabledMs @2 :UInt64;
  disabledMs @3 :UInt64;        # 0 = enabled
}

struct GroupMember {
  region @0 :Text;
  incarnation @1 :UInt64;
  status @2 :UInt8;             # ReplicaStatus
  backfillSource @3 :Text;
}

struct GroupDescriptor {
  owner @0 :Text;
  groupEpoch @1 :UInt64;
  members @2 :List(GroupMember);
}

struct Table {
  id @0 :UInt64;
  name @1 :Text;
  uuid @2 :Text;
  keySchema @3 :List(KeyAttribute);   # one or two
  billingMode @4 :UInt8;
  readCapacityUnits @5 :UInt64;       # of a row without `throughput`
  writeCapacityUnits @6 :UInt64;
  createdMs @7 :UInt64;
  status @8 :UInt8;
  deletionProtection @9 :Bool;
  streams @10 :List(StreamDescriptor);
  incarnation @11 :UInt64;
  group @12 :GroupDescriptor;         # absent = a table of one region
  deletedMs @13 :UInt64;              # 0 = lives
  throughput @14 :Throughput;
  onDemandMs @15 :UInt64;             # 0 = never was on demand
  tableClass @16 :UInt8;
  tableClassChangedMs @17 :UInt64;    # 0 = never
  indexes @18 :List(Index);
  timeToLive @19 :TimeToLive;         # absent = never set
  tags @20 :List(Tag);                # rising by key
  settingsStamp @21 :UInt64;
  tableClassChangedBeforeMs @22 :UInt64;  # the change before the last; 0 = there was none
  capacityStamp @23 :UInt64;
  encryption @24 :Encryption;         # absent = never changed
  recovery @25 :PointInTimeRecovery;  # absent = disabled
}

struct Shard {
  id @0 :UInt64;
  tableId @1 :UInt64;
  parent @2 :UInt64;            # 0 = none
  hashFirst @3 :UInt64;
  hashLast @4 :UInt64;          # inclusive
  openedMs @5 :UInt64;
  closedMs @6 :UInt64;          # 0 = open
  firstSequence @7 :UInt64;     # lower bound of its records' sequences
  lastSequence @8 :UInt64;      # of a closed shard: its last record, or 0 if it has none
  streamLabel @9 :Text;         # the user stream that shows it; empty = none
  lastOrdinal @10 :UInt64;      # of a closed shard
  lastCumulativeBytes @11 :UInt64;    # of a closed shard
}

struct CatalogChange {
  union {
    table @0 :Table;            # created or changed: as it is now
    tableDropped @1 :Table;     # as it was
    shard @2 :Shard;            # opened or closed: as it is now
    shardTrimmed @3 :Shard;
    # Messages of other rooms: core/storage carries them and does not read them.
    membershipRequest @4 :AnyPointer;   # membership.capnp
    membershipReply @5 :AnyPointer;
  }
}
