// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/storage/row_prefix.h"

namespace gyre::storage {

/// Rows of the catalog family that belong to a room, as a WriteTransaction reads and changes them. What is in
/// them is the room's; they leave no change records.
class TransactionRows {
 public:
  virtual Result<std::optional<std::string>> read(const RoomRow& row) = 0;
  virtual void put(const RoomRow& row, std::string value) = 0;
  virtual void erase(const RoomRow& row) = 0;

 protected:
  ~TransactionRows() = default;  // a part of its transaction
};

}  // namespace gyre::storage
