// SPDX-License-Identifier: Apache-2.0
#include "global-tables/shared_settings.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"

namespace gyre::global_tables {
namespace {

// A local index comes and goes with its table; one that is being deleted counts no more.
bool is_shared(const IndexSchema& index) {
  return !index.local && index.status != IndexStatus::kDeleting;
}

void append_keys(std::string& text, const std::vector<KeyAttribute>& keys) {
  append_varint(text, keys.size());
  for (const KeyAttribute& key : keys) {
    append_sized(text, key.name);
    append_sized(text, scalar_type_name(key.type));
  }
}

// What makes an index the same in two regions.
std::string definition_of(const IndexSchema& index) {
  std::string text;
  append_sized(text, index.name);
  append_keys(text, index.partition);
  append_keys(text, index.sort);
  append_sized(text, projection_type_name(index.projection));
  for (const std::string& name : index.non_key_attributes) append_sized(text, name);
  return text;
}

std::vector<std::string> definitions_of(const TableSchema& table) {
  std::vector<std::string> definitions;
  for (const IndexSchema& index : table.indexes) {
    if (is_shared(index)) definitions.push_back(definition_of(index));
  }
  std::sort(definitions.begin(), definitions.end());
  return definitions;
}

}  // namespace

bool settings_supersede(const TableSchema& theirs, const TableSchema& mine) {
  if (theirs.settings_stamp != mine.settings_stamp) return theirs.settings_stamp > mine.settings_stamp;
  return definitions_of(theirs) > definitions_of(mine);
}

TableSchema with_settings_of(const TableSchema& theirs, const TableSchema& mine) {
  TableSchema after = mine;
  const std::vector<std::string> wanted = definitions_of(theirs);
  for (IndexSchema& index : after.indexes) {
    if (!is_shared(index) || std::binary_search(wanted.begin(), wanted.end(), definition_of(index))) continue;
    index.status = IndexStatus::kDeleting;
    index.backfilling = false;
  }
  bool waits = false;
  for (const IndexSchema& index : theirs.indexes) {
    if (!is_shared(index)) continue;
    if (const IndexSchema* same_name = after.find_index(index.name)) {
      waits = waits || same_name->status == IndexStatus::kDeleting;
      continue;
    }
    IndexSchema added = index;
    added.id = IndexId();
    added.status = IndexStatus::kCreating;
    added.backfilling = false;
    after.indexes.push_back(std::move(added));
  }
  if (!waits) after.settings_stamp = theirs.settings_stamp;
  return after;
}

}  // namespace gyre::global_tables
