# SPDX-License-Identifier: Apache-2.0
@0x9f4e6a1c3d5b7082;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("gyre::schemas");

# The stream protocol over ROUTER (region) and DEALER (reader): a durable log read by credit. One message, one body frame.
# streams/transport/README.md tells the rules.

struct StreamMessage {
  union {
    hello @0 :Hello;
    welcome @1 :Welcome;
    open @2 :Open;
    opened @3 :Opened;
    refused @4 :Refused;
    credit @5 :Credit;
    batch @6 :Batch;
    tick @7 :Tick;
    shardEnd @8 :ShardEnd;
    ack @9 :Ack;
    acked @10 :Acked;
    bye @11 :Bye;
  }
}

struct Hello {
  versionMin @0 :UInt16;
  versionMax @1 :UInt16;
  readerId @2 :Text;            # who reads, for people: "replicator eu-west-1", "consumer country_counter"
}

struct Welcome {
  version @0 :UInt16;
  region @1 :Text;
  epoch @2 :UInt64;
  messageBytesMax @3 :UInt32;
}

# A position in one shard: everything after (sequence, ordinal), whose record had this checksum.
struct Cursor {
  shard @0 :UInt64;
  sequence @1 :UInt64;          # 0 = from the oldest record kept
  ordinal @2 :UInt64;
  checksum @3 :UInt64;          # hash64 of the record's bytes; 0 with sequence 0
}

# Opens one session: one shard, or a table's items for a first copy.
struct Open {
  session @0 :UInt64;           # chosen by the reader; unique on its connection
  epoch @1 :UInt64;             # 0 = do not care (a first read)
  union {
    shard @2 :Cursor;
    tableScan @3 :TableScan;
    tableShards @4 :Text;       # a table's name: answered by Opened.shards alone, then closed
  }
  filter @5 :Filter;
  json @6 :Bool;                # images as DynamoDB JSON instead of the canonical encoding
  consumer @7 :Text;            # with a name: start at this consumer's stored checkpoint; acks are taken
  attempt @8 :UInt32;           # counts the reader's openings of this session; repeated if the message is sent again
  resume @9 :Bool;              # with consumer: start at the cursor, whatever is stored: the reader got that far already
}

struct TableScan {
  tableName @0 :Text;
  after @1 :Data;               # resume after this item or tombstone row; empty = from the start
}

struct Filter {
  localOriginOnly @0 :Bool;     # only writes first accepted in the serving region: what replication ships
  hideTouch @1 :Bool;
  latest @2 :Bool;              # start at the head instead of at the cursor
}

struct Opened {
  session @0 :UInt64;
  nonce @1 :UInt64;             # every Batch of this session carries it
  ordinal @2 :UInt64;           # the position that reading starts from: the ordinal of `position`
  shards @3 :List(ShardInfo);   # with tableShards
  epoch @4 :UInt64;
  state @5 :Data;               # with consumer: its state as stored
  checkpoint @6 :UInt64;        # with consumer: its stored sequence, 0 = none
  keyNames @7 :List(Text);      # with tableShards: partition key, sort key
  position @8 :Cursor;          # of a shard: where reading starts, as a cursor to reopen with; with tableShards, its sequence:
                                # every record of the table up to it is durable and in the table
  attempt @9 :UInt32;           # of the Open that this answers
}

struct ShardInfo {
  shard @0 :UInt64;
  parent @1 :UInt64;
  closed @2 :Bool;
  lastSequence @3 :UInt64;
  streamLabel @4 :Text;
  openedMs @5 :UInt64;
  closedMs @6 :UInt64;
}

struct Refused {
  session @0 :UInt64;
  reason @1 :Reason;
  message @2 :Text;
  oldestSequence @3 :UInt64;    # with trimmed

  enum Reason {
    version @0;
    trimmed @1;
    wrongEpoch @2;
    aheadOfHead @3;
    recordDiffers @4;
    noSuchShard @5;
    noSuchTable @6;
    busy @7;
    notAllowed @8;
    malformed @9;
    unreadable @10;             # the region's own log or rows do not decode
  }
}

# Absolute totals since Opened, so that a lost or repeated one does no harm.
struct Credit {
  session @0 :UInt64;
  nonce @1 :UInt64;
  recordsTotal @2 :UInt64;
  bytesTotal @3 :UInt64;
}

struct Batch {
  session @0 :UInt64;
  nonce @1 :UInt64;
  previousOrdinal @2 :UInt64;   # scannedThroughOrdinal of the batch before; the reader reopens if it differs
  records @3 :List(Data);       # ChangeRecord messages (flat, word-aligned sizes)
  scannedThroughOrdinal @4 :UInt64;
  scannedThroughSequence @5 :UInt64;
  scannedThroughChecksum @6 :UInt64;
  headOrdinal @7 :UInt64;
  headCumulativeBytes @8 :UInt64;  # not sent any more
  watermark @9 :UInt64;         # hybrid: no later record of this region is older
  scanPosition @10 :Data;       # of a tableScan: resume after this row
  scanEnd @11 :Bool;            # of a tableScan: this was the last batch
}

struct Tick {
  clockMs @0 :UInt64;           # not sent any more
  watermark @1 :UInt64;         # server only
  positions @2 :List(Position); # server: of every open session; reader: its credit totals
  struct Position {
    session @0 :UInt64;
    nonce @1 :UInt64;
    scannedThroughOrdinal @2 :UInt64;
    headOrdinal @3 :UInt64;
    recordsTotal @4 :UInt64;
    bytesTotal @5 :UInt64;
  }
}

struct ShardEnd {
  session @0 :UInt64;
  nonce @1 :UInt64;
  children @2 :List(UInt64);
  lastOrdinal @3 :UInt64;       # a reader that has not come so far lost a batch, and reopens
}

# A consumer's progress, with its effects: all of it is committed in one batch, or none.
struct Ack {
  session @0 :UInt64;
  nonce @1 :UInt64;
  acceptedThrough @2 :Cursor;
  previousSequence @3 :UInt64;  # the checkpoint that this one follows: refused if another holder moved it
  state @4 :Data;
  writes @5 :List(ConsumerWrite);
  shardDone @6 :Bool;           # the closed shard is finished
  number @7 :UInt64;            # counts the session's acks; repeated if the message is sent again
}

struct ConsumerWrite {
  tableName @0 :Text;
  union {
    put @1 :Data;               # canonical item encoding
    delete @2 :Data;            # canonical item encoding of the key
    add @3 :Add;                # adds to a number attribute, as UpdateItem ADD does
  }
  struct Add {
    key @0 :Data;
    attribute @1 :Text;
    amount @2 :Text;
  }
}

struct Acked {
  session @0 :UInt64;
  nonce @1 :UInt64;
  sequence @2 :UInt64;
  error @3 :Text;               # empty = committed
  code @4 :Code;
  number @5 :UInt64;            # of the Ack that this answers

  enum Code {
    committed @0;
    inUse @1;                   # another holder moved the checkpoint
    throttled @2;
    invalid @3;
    outcomeUnknown @4;
    failed @5;
  }
}

struct Bye {
  session @0 :UInt64;           # 0 = the whole connection
  reason @1 :Text;
}
