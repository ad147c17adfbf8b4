// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/attribute_value.h"
#include "core/storage/change_record.h"

namespace gyre::consumers {

/// Which records of a table a person wants to see. A value; pure.
class RecordFilter {
 public:
  RecordFilter() = default;
  /// Commit times in [from_ms, to_ms).
  RecordFilter(std::uint64_t from_ms, std::optional<std::uint64_t> to_ms)
      : from_ms_(from_ms), to_ms_(to_ms) {}

  /// Only items with this key: DynamoDB JSON of the key ({"id":{"S":"1"}}; some of its attributes are
  /// enough), or just the partition key's value as text (base64 if it is binary). kValidation if it starts
  /// like JSON but is none.
  Status set_key(const std::string& text);
  /// The table's key attributes, the partition key first: the plain form of a key needs them. kValidation if
  /// the key that was set has another attribute, so that no record could ever have it.
  Status set_key_names(const std::vector<std::string>& names);

  /// kCorruption if the record's keys do not decode.
  Result<bool> wants(const storage::ChangeRecord& record) const;
  /// No later record of its shard can be wanted.
  bool is_past_end(const storage::ChangeRecord& record) const;

 private:
  bool matches_key(const AttributeMap& keys) const;

  std::uint64_t from_ms_ = 0;
  std::optional<std::uint64_t> to_ms_;
  std::optional<AttributeMap> key_;
  std::optional<std::string> plain_key_;
  std::string partition_key_;
};

}  // namespace gyre::consumers
