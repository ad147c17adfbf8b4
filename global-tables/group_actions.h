// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/storage/writer.h"
#include "global-tables/membership.h"
#include "global-tables/membership_message.h"

namespace gyre::global_tables {

// What the control plane does within the writer. Each reads the catalog as of its place in the region's
// order, decides again by the pure functions of membership.h, and stages the outcome.

/// This region's own view of a table name.
LocalTable local_table(const storage::CatalogSnapshot& catalog, const RegionId& self,
                       const std::string& name);

/// The owner changes its group; a table without a stream gets one of NEW_AND_OLD_IMAGES, as AWS does it.
Status change_group_here(storage::WriteTransaction& transaction, const std::string& table_name,
                         const ReplicaUpdate& update);

/// Does `action` if it is still the next one due for `name`; nothing otherwise.
Status perform_action(storage::WriteTransaction& transaction, const std::string& name,
                      const MembershipAction& action, const PeerCatalogs& peers);

/// The owner answers a member's request: the change and its reply stand in one commit, in this order in the
/// catalog shard.
Status answer_request(storage::WriteTransaction& transaction, const RegionId& asker,
                      const MembershipRequest& request, const PeerCatalogs& peers);

/// Forgets what was taken over of this table from each member of its group.
Status erase_progress_of_all(storage::WriteTransaction& transaction, const TableSchema& table);

/// How an Error travels in MembershipReply::error, and back. Empty = success.
std::string reply_text(const Status& status);
Status status_of_reply(const std::string& text);

}  // namespace gyre::global_tables
