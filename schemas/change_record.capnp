# SPDX-License-Identifier: Apache-2.0
@0xd2c1f2a4b6e80911;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("gyre::schemas");

# One committed mutation. Stored in the column family `changes` under (shard, sequence), and shipped as the same bytes.
struct ChangeRecord {
  shard @0 :UInt64;
  sequence @1 :UInt64;          # unique in the region, increasing in the shard
  ordinal @2 :UInt64;           # 1, 2, 3, ... in the shard, without gaps
  cumulativeBytes @3 :UInt64;   # bytes of this shard's records up to and with this one: lag is a subtraction
  kind @4 :Kind;
  tableId @5 :UInt64;
  keys @6 :Data;                # canonical item encoding of the key attributes
  oldImage @7 :Data;            # canonical item encoding; empty = there was no item
  newImage @8 :Data;            # likewise
  version @9 :Version;          # of what stands now
  vector @10 :Data;             # version vector of what stands now
  replaced @11 :Version;        # of what stood before; clock 0 = nothing
  origin @12 :Origin;           # where the write was first accepted
  commitTime @13 :UInt64;       # hybrid clock of this region; shared by a transaction
  transactionId @14 :UInt64;    # 0 = a write of its own
  participantCount @15 :UInt32; # records of the transaction
  principal @16 :Text;          # who asked: an access key id, or a service of the region; see principalVerified
  requestId @17 :Text;
  backfill @18 :Bool;           # came with a replica's first copy, not with a live write
  catalogChange @19 :Data;      # kind catalog: a CatalogChange message of catalog.capnp
  sourceAddress @20 :Text;      # of who asked: an IPv4 or IPv6 address; empty = none
  userAgent @21 :Data;          # the header as it came, cut; any bytes
  principalVerified @22 :Bool;  # the principal proved who it is; else it only says so
  imageCodec @23 :UInt8;        # how the images are encrypted or compressed; 0 = they are not, and readers refuse what they do not know

  enum Kind {
    insert @0;
    modify @1;
    remove @2;
    touch @3;    # an equal value written again to a replicated table; user streams hide it
    catalog @4;
  }
}

struct Version {
  clock @0 :UInt64;
  region @1 :Text;
}

struct Origin {
  region @0 :Text;
  incarnation @1 :UInt64;
  sequence @2 :UInt64;
}

# A write that lost against a concurrent one. Stored in the column family `conflicts`.
struct Conflict {
  tableId @0 :UInt64;
  keys @1 :Data;
  sequence @2 :UInt64;          # of the record in whose commit the conflict was found
  commitTime @3 :UInt64;
  winner @4 :Version;
  winnerImage @5 :Data;         # empty = the winner is a delete
  loser @6 :Version;
  loserImage @7 :Data;
}
