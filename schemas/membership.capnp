# SPDX-License-Identifier: Apache-2.0
@0xd2f04b6a917c3e85;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("gyre::schemas");

# What regions say to each other about who is a member of a table's group: messages of the room global-tables,
# which travel in catalog change records (catalog.capnp).

# A member asks the owner of a table's group for a change; the owner answers through its own catalog shard.
struct MembershipRequest {
  id @0 :UInt64;                # random, unique
  tableName @1 :Text;
  owner @2 :Text;
  region @3 :Text;              # to add or remove
  action @4 :Action;
  incarnation @5 :UInt64;       # with `failed`: which life
  enum Action {
    add @0;                     # owner: make it a member that is being created
    remove @1;                  # owner: take it out
    active @2;                  # not sent any more
    left @3;                    # not sent any more
    failed @4;                  # from the member itself: it cannot be created
  }
}

struct MembershipReply {
  id @0 :UInt64;
  to @1 :Text;                  # the region that asked
  error @2 :Text;               # empty = done
}
