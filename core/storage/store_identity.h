// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/files/folder.h"
#include "core/log/layout.h"

namespace gyre::storage {

/// Whose store it is, and which life of it this is. Kept in the file `identity` beside the log, in the format
/// of core/storage/README.md.
struct StoreIdentity {
  RegionId region;
  Epoch epoch{};                      ///< one life of the store: cursors carry it; 0: a copy that never lived
  log::LogIncarnation incarnation{};  ///< which log belongs to it
  log::Term term{};                   ///< one life of its owner: rises with every start
  bool operator==(const StoreIdentity&) const = default;
};

std::string encode_identity(const StoreIdentity& identity);
/// Outside bytes may be anything: kCorruption.
Result<StoreIdentity> decode_identity(std::string_view bytes);

Result<bool> has_identity(const files::Folder& folder);

/// The identity for a new life of the owner, whose term is durable when this returns. An empty folder is a
/// new store's: it belongs to `region` from now on. kValidation if it belongs to another region; kCorruption
/// if it has segments and no identity.
Result<StoreIdentity> begin_term(files::Folder& folder, const RegionId& region,
                                 const std::function<std::uint64_t()>& random);

/// Gives a copy of a store, whose folder is `to`, its identity: that of the store, but for the epoch, which
/// the first start on it draws. So whoever read the store notices that the copy goes another way, and so does
/// who read another copy.
Status begin_copy(files::Folder& from, files::Folder& to);

}  // namespace gyre::storage
