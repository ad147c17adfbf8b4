// SPDX-License-Identifier: Apache-2.0
#include "core/storage/index_rows.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/model/index_keys.h"
#include "core/model/item_codec.h"
#include "core/storage/encoded_size.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

constexpr std::uint8_t kIndexRowFormat = 1;

// An attribute of an encoded item; its value stands there as it is encoded.
struct EncodedAttribute {
  std::string_view name;
  std::string_view value;
};

Result<std::vector<EncodedAttribute>> attributes_of(std::string_view image) {
  std::vector<EncodedAttribute> attributes;
  EncodedReader reader(image);
  RETURN_IF_ERROR(reader.item([&](std::string_view name) -> Status {
    const std::string_view from_value = reader.rest();
    RETURN_IF_ERROR(reader.skip_value());
    attributes.push_back({name, from_value.substr(0, from_value.size() - reader.rest().size())});
    return {};
  }));
  return attributes;
}

// One item, or none, as its indexes see it.
class IndexedItem {
 public:
  static Result<IndexedItem> of(const std::optional<std::string>& image) {
    IndexedItem item;
    if (!image) return item;
    item.image_ = *image;
    ASSIGN_OR_RETURN(item.attributes_, attributes_of(*image));
    return item;
  }

  // The item's key in the index; nothing if it does not stand there.
  Result<std::optional<ItemKey>> key_in(const IndexSchema& index) const {
    return index_key(index, [this](std::string_view name) -> Result<std::optional<AttributeValue>> {
      const EncodedAttribute* attribute = find(name);
      if (attribute == nullptr) return std::optional<AttributeValue>();
      ASSIGN_OR_RETURN(AttributeValue value, decode_value(attribute->value));
      return std::optional(std::move(value));
    });
  }

  std::string projection(const IndexSchema& index, const KeySchema& schema) const {
    if (index.projection == ProjectionType::kAll) return std::string(image_);
    std::vector<const EncodedAttribute*> wanted;
    for (const EncodedAttribute& attribute : attributes_) {
      if (is_projected(index, schema, attribute.name)) wanted.push_back(&attribute);
    }
    std::string projected;
    append_varint(projected, wanted.size());
    for (const EncodedAttribute* attribute : wanted) {
      append_sized(projected, attribute->name);
      projected += attribute->value;
    }
    return projected;
  }

 private:
  const EncodedAttribute* find(std::string_view name) const {
    const auto found = std::lower_bound(
        attributes_.begin(), attributes_.end(), name,
        [](const EncodedAttribute& attribute, std::string_view wanted) { return attribute.name < wanted; });
    return found != attributes_.end() && found->name == name ? &*found : nullptr;
  }

  std::string_view image_;
  std::vector<EncodedAttribute> attributes_;  // by name
};

std::string encode_entry(std::string_view projected, std::uint64_t bytes) {
  std::string value;
  value.reserve(projected.size() + 8);
  append_u8(value, kIndexRowFormat);
  append_varint(value, bytes);
  value += projected;
  return value;
}

Status add_changes_of(const IndexSchema& index, const TableSchema& table, std::string_view item_row,
                      const IndexedItem& before, const IndexedItem& after,
                      std::vector<IndexChange>& changes) {
  ASSIGN_OR_RETURN(const std::optional<ItemKey> old_key, before.key_in(index));
  ASSIGN_OR_RETURN(const std::optional<ItemKey> new_key, after.key_in(index));
  if (!old_key && !new_key) return {};
  const std::string was = old_key ? before.projection(index, table.key_schema) : std::string();
  const std::string is = new_key ? after.projection(index, table.key_schema) : std::string();
  const bool stays = old_key == new_key;
  if (stays && was == is) return {};
  const auto size = [](const std::string& projected) -> Result<std::int64_t> {
    if (projected.empty()) return 0;
    ASSIGN_OR_RETURN(const std::uint64_t bytes, encoded_dynamodb_size(projected));
    return static_cast<std::int64_t>(bytes);
  };
  ASSIGN_OR_RETURN(const std::int64_t bytes_before, size(was));
  ASSIGN_OR_RETURN(const std::int64_t bytes_after, size(is));
  if (old_key && !stays) {
    changes.push_back({index_row(index.id, *old_key, item_row), std::nullopt, index.id, {-1, -bytes_before}});
  }
  if (!new_key) return {};
  changes.push_back({index_row(index.id, *new_key, item_row),
                     encode_entry(is, static_cast<std::uint64_t>(bytes_after)), index.id,
                     stays ? RowDelta{0, bytes_after - bytes_before} : RowDelta{1, bytes_after}});
  return {};
}

Result<std::optional<IndexWrite>> index_write(const IndexSchema& index, const KeySchema& schema,
                                              const IndexedItem& before, const IndexedItem& after) {
  ASSIGN_OR_RETURN(const std::optional<ItemKey> old_key, before.key_in(index));
  ASSIGN_OR_RETURN(const std::optional<ItemKey> new_key, after.key_in(index));
  IndexWrite write{.index = index.name, .local = index.local};
  std::string was;
  std::string is;
  if (old_key) {
    was = before.projection(index, schema);
    ASSIGN_OR_RETURN(write.bytes_before, encoded_dynamodb_size(was));
  }
  if (new_key) {
    is = after.projection(index, schema);
    ASSIGN_OR_RETURN(write.bytes_after, encoded_dynamodb_size(is));
  }
  if (old_key == new_key && was == is) return std::optional<IndexWrite>();
  write.moved = old_key && new_key && old_key != new_key;
  return std::optional(std::move(write));
}

}  // namespace

Status add_index_changes(const TableSchema& table, std::string_view item_row,
                         const std::optional<std::string>& before, const std::optional<std::string>& after,
                         std::vector<IndexChange>& changes) {
  if (before == after) return {};
  ASSIGN_OR_RETURN(const IndexedItem was, IndexedItem::of(before));
  ASSIGN_OR_RETURN(const IndexedItem is, IndexedItem::of(after));
  for (const IndexSchema& index : table.indexes) {
    if (index.status == IndexStatus::kDeleting) continue;
    RETURN_IF_ERROR(add_changes_of(index, table, item_row, was, is, changes));
  }
  return {};
}

Result<std::vector<IndexWrite>> index_writes(const TableSchema& table,
                                             const std::optional<std::string>& before,
                                             const std::optional<std::string>& after) {
  std::vector<IndexWrite> writes;
  if (table.indexes.empty() || before == after) return writes;
  ASSIGN_OR_RETURN(const IndexedItem was, IndexedItem::of(before));
  ASSIGN_OR_RETURN(const IndexedItem is, IndexedItem::of(after));
  for (const IndexSchema& index : table.indexes) {
    if (index.status == IndexStatus::kDeleting) continue;
    ASSIGN_OR_RETURN(std::optional<IndexWrite> write, index_write(index, table.key_schema, was, is));
    if (write) writes.push_back(std::move(*write));
  }
  return writes;
}

Result<std::optional<IndexChange>> index_entry(const TableSchema& table, const IndexSchema& index,
                                               std::string_view item_row, const std::string& image) {
  const std::optional<std::string> present = image;
  ASSIGN_OR_RETURN(const IndexedItem item, IndexedItem::of(present));
  std::vector<IndexChange> changes;
  RETURN_IF_ERROR(add_changes_of(index, table, item_row, IndexedItem(), item, changes));
  if (changes.empty()) return std::optional<IndexChange>();
  return std::optional(std::move(changes.front()));
}

Result<IndexEntry> read_index_entry(std::string_view value) {
  ByteReader reader(value);
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  if (format != kIndexRowFormat) return Error::corruption("an index row has an unknown format");
  ASSIGN_OR_RETURN(const std::uint64_t bytes, reader.varint());
  return IndexEntry{bytes, reader.rest()};
}

}  // namespace gyre::storage
