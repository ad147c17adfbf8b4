// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace gyre::log {

/// A part of an entry's stored bytes.
struct Reference {
  std::uint32_t entry = 0;  ///< its index in the frame
  std::uint32_t offset = 0;
  std::uint32_t length = 0;  ///< 0: no reference
  bool operator==(const Reference&) const = default;
};

/// A key or a value: the inline bytes, and behind them what the reference names.
struct RowBytes {
  std::string_view inline_bytes;
  Reference reference{};
};

/// kFilled changes no row: rows that no frame has were in the engine, and flushed, before this frame was
/// written. Key and value say which: words of whoever put them there, who puts them there again where they
/// are missing.
enum class RowChange : std::uint8_t { kPut = 1, kErase = 2, kEraseRange = 3, kFilled = 16 };

/// A key or a value as it is applied: one after the other.
struct ResolvedBytes {
  std::string_view inline_bytes;
  std::string_view referenced;
  std::size_t size() const { return inline_bytes.size() + referenced.size(); }
  std::string joined() const { return std::string(inline_bytes).append(referenced); }
};

/// What the engine does with one row, or a range of them. `family` is the engine's number of the family,
/// which means nothing here. The views are good for as long as the frame's bytes are.
struct RowOperation {
  RowChange change = RowChange::kPut;
  std::uint8_t family = 0;
  ResolvedBytes key;    ///< of a range: its first key
  ResolvedBytes value;  ///< of a range: the first key after it; of an erase: nothing
};

/// Appends one operation. An erase has no `value`.
void append_operation(std::string& out, RowChange change, std::uint8_t family, const RowBytes& key,
                      const RowBytes& value);

/// Reads one after the other. Outside bytes may be anything: kCorruption. `entries`: the stored bytes of the
/// frame's entries; an empty one cannot be referred to.
class OperationReader {
 public:
  OperationReader(std::string_view bytes, std::span<const std::string_view> entries)
      : reader_(bytes), entries_(entries) {}

  bool at_end() const { return reader_.at_end(); }
  Result<RowOperation> next();

 private:
  Result<ResolvedBytes> read_bytes(bool with_reference);

  ByteReader reader_;
  std::span<const std::string_view> entries_;
};

}  // namespace gyre::log
