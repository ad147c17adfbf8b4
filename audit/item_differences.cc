// SPDX-License-Identifier: Apache-2.0
#include "audit/item_differences.h"

#include <algorithm>

#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"

namespace gyre::audit {
namespace {

std::string json_of(const AttributeValue& value) {
  std::string text;
  json::Writer writer(text);
  json::write_attribute(writer, value);
  return text;
}

std::string path_of(const std::string& parent, const std::string& name) {
  std::string shown = name;
  if (name.empty() || name.find_first_of(". \t\n\"") != std::string::npos) {
    shown.clear();
    json::Writer writer(shown);
    writer.string(name);
  }
  return parent.empty() ? shown : parent + "." + shown;
}

// Depth is bounded as that of items is.
void compare(const std::string& parent, const AttributeMap& before, const AttributeMap& after,
             std::vector<Difference>& differences) {
  auto old_at = before.begin();
  auto new_at = after.begin();
  while (old_at != before.end() || new_at != after.end()) {
    const bool only_old = new_at == after.end() || (old_at != before.end() && old_at->name < new_at->name);
    const bool only_new = old_at == before.end() || (new_at != after.end() && new_at->name < old_at->name);
    if (only_old) {
      differences.push_back(
          {DifferenceKind::kRemoved, path_of(parent, old_at->name), json_of(old_at->value), ""});
      ++old_at;
      continue;
    }
    if (only_new) {
      differences.push_back(
          {DifferenceKind::kAdded, path_of(parent, new_at->name), "", json_of(new_at->value)});
      ++new_at;
      continue;
    }
    const std::string path = path_of(parent, old_at->name);
    if (old_at->value.type() == AttributeType::kMap && new_at->value.type() == AttributeType::kMap) {
      compare(path, old_at->value.as_map(), new_at->value.as_map(), differences);
    } else if (!(old_at->value == new_at->value)) {
      differences.push_back({DifferenceKind::kChanged, path, json_of(old_at->value), json_of(new_at->value)});
    }
    ++old_at;
    ++new_at;
  }
}

Result<Item> item_of(std::string_view image) {
  return image.empty() ? Result<Item>(Item()) : decode_item(image);
}

}  // namespace

Result<std::vector<Difference>> item_differences(std::string_view old_image, std::string_view new_image) {
  ASSIGN_OR_RETURN(const Item before, item_of(old_image));
  ASSIGN_OR_RETURN(const Item after, item_of(new_image));
  std::vector<Difference> differences;
  compare("", before, after, differences);
  return differences;
}

}  // namespace gyre::audit
