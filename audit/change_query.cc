// SPDX-License-Identifier: Apache-2.0
#include "audit/change_query.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "consumers/record_filter.h"
#include "core/base/base64.h"
#include "core/model/item_codec.h"

namespace gyre::audit {
namespace {

// What a person would type of a key's value.
std::string plain_text(const AttributeValue& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return value.as_string();
    case AttributeType::kBinary:
      return base64(value.as_binary());
    case AttributeType::kNumber:
      return value.as_number().to_string();
    default:
      return {};
  }
}

class Wanted {
 public:
  Wanted(const TableNames& names, const ChangeQuery& query) : names_(names), query_(query) {}

  Status prepare() {
    if (!query_.table.empty()) {
      ASSIGN_OR_RETURN(tables_, names_.find(query_.table));
    }
    if (query_.key.empty()) return {};
    consumers::RecordFilter filter;
    RETURN_IF_ERROR(filter.set_key(query_.key));
    // Only of a table that was asked for is it a mistake if it has no such key.
    std::optional<Error> misfit;
    for (const TableId table : tables_) {
      if (const Status fits = filter.set_key_names(names_.key_names(table)); !fits.ok())
        misfit = fits.error();
    }
    if (misfit && tables_.size() == 1 && !names_.key_names(*tables_.begin()).empty()) return *misfit;
    return {};
  }

  Result<bool> operator()(const storage::ChangeRecord& record) {
    if (!query_.kinds.contains(record.kind)) return false;
    if (!tables_.empty() && !tables_.contains(record.table)) return false;
    if (!query_.principal.empty() && record.audit.principal != query_.principal) return false;
    if (!query_.region.empty() && record.origin.region.name() != query_.region) return false;
    if (query_.key.empty() && query_.key_prefix.empty()) return true;
    if (record.kind == storage::ChangeKind::kCatalog) return false;
    if (!query_.key.empty()) {
      ASSIGN_OR_RETURN(const bool has_key, filter_of(record.table).wants(record));
      if (!has_key) return false;
    }
    return query_.key_prefix.empty() ? Result<bool>(true) : has_prefix(record);
  }

 private:
  const consumers::RecordFilter& filter_of(TableId table) {
    const auto [found, is_new] = filters_.try_emplace(table);
    if (is_new) {
      // A key that this table cannot have is one that none of its records has.
      (void)found->second.set_key(query_.key);
      (void)found->second.set_key_names(names_.key_names(table));
    }
    return found->second;
  }
  Result<bool> has_prefix(const storage::ChangeRecord& record) const {
    ASSIGN_OR_RETURN(const Item keys, decode_item(record.keys));
    const std::vector<std::string> names = names_.key_names(record.table);
    return std::any_of(keys.begin(), keys.end(), [&](const Attribute& key) {
      return (names.empty() || names.front() == key.name) &&
             plain_text(key.value).starts_with(query_.key_prefix);
    });
  }

  const TableNames& names_;
  const ChangeQuery& query_;
  std::set<TableId> tables_;  // empty: all
  std::map<TableId, consumers::RecordFilter> filters_;
};

}  // namespace

Result<SequenceNumber> read_sequence(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && stop == text.data() + text.size() && !text.empty())
    return SequenceNumber(number);
  return Error::validation(fmt::format("'{}' is no sequence number", text));
}

Status read_changes(const History& history, const TableNames& names, const ChangeQuery& query,
                    const NamedVisit& visit) {
  Wanted wanted(names, query);
  RETURN_IF_ERROR(wanted.prepare());
  return history.read(query.bounds, query.order, [&](const LocatedRecord& located) -> Result<bool> {
    ASSIGN_OR_RETURN(const bool is_wanted, wanted(located.record));
    return is_wanted ? visit(located, names.name(located.record.table)) : Result<bool>(true);
  });
}

}  // namespace gyre::audit
