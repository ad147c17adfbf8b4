// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/model/version.h"

namespace gyre::storage {

/// What stands at a key: an item, a tombstone (a delete of a replicated table), or nothing.
struct StoredItem {
  std::optional<std::string> image;  ///< canonical item encoding; absent for a tombstone or nothing
  Version version;                   ///< clock 0 = nothing was ever here
  VersionVector vector;
  SequenceNumber sequence;  ///< of its change record in this region
  std::uint64_t dynamodb_bytes = 0;

  bool exists() const { return image.has_value(); }
  bool tombstone() const { return !image && version.clock != 0; }
};

/// An item as it stood at one moment; shared by who reads it ahead, the overlay of a batch, and the staged
/// writes that replace it.
using StoredPointer = std::shared_ptr<const StoredItem>;

/// Deletes of such a table leave a tombstone.
inline bool keeps_tombstones(const TableSchema& table) {
  return table.group.has_value();
}

/// The value of a row in items (header, then image) and in tombstones (header alone). Format:
/// core/storage/README.md.
std::string encode_stored_item(const StoredItem& item);
/// The same without the image, which follows it.
std::string encode_stored_header(const StoredItem& item);
Result<StoredItem> decode_stored_item(std::string_view bytes);

/// What reads want of a row in items.
struct StoredImage {
  std::string_view image;  ///< lies in the row's value
  std::uint64_t dynamodb_bytes = 0;
};
/// Passes over the rest of the header. kCorruption if the row holds no item.
Result<StoredImage> stored_image(std::string_view bytes);
/// Only what convergence is judged by.
Result<Version> stored_version(std::string_view bytes);

}  // namespace gyre::storage
