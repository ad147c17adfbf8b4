// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/work.h"
#include "core/model/attribute_value.h"

namespace gyre {

// The compact canonical encoding of items: attributes and set members sorted, numbers normalised, so equal
// items are equal bytes. It is what RocksDB stores, what change records carry and what replicas compare.
// Described in prose in core/model/README.md, "Items".

/// A value nested deeper than limits::kNestingLevelsMax is a bug here: what builds values checks
/// nesting_levels().
void append_item(std::string& out, const Item& item);
std::string encode_item(const Item& item);

/// Outside bytes may be anything: kCorruption on whatever encode_item would not have written (order,
/// duplicates, nesting deeper than limits::kNestingLevelsMax, trailing bytes), never a crash or an unbounded
/// allocation.
Result<Item> decode_item(std::string_view bytes);
/// The same; kIncomplete if it takes more than `work` has left.
Result<Item> decode_item(std::string_view bytes, Work& work);

void append_value(std::string& out, const AttributeValue& value);
Result<AttributeValue> decode_value(std::string_view bytes);

/// One value as EncodedReader meets it. Scalars are complete; of lists, maps and sets it is only the head,
/// and their contents come next from the reader. `bytes` points into the encoding.
struct EncodedValue {
  AttributeType type = AttributeType::kNull;
  bool boolean = false;    ///< of BOOL
  std::size_t count = 0;   ///< of L, M and sets: how many elements, attributes or members follow
  std::string_view bytes;  ///< of S and B
  Number number;           ///< of N
};

/// Walks encoded bytes in order without building values: the read path. Checks what decode_item checks, so
/// any walk to the end accepts exactly the same bytes; a walk that fails half way has already shown what
/// stood before the damage. A reader is for one walk by one thread; the bytes outlive it. A whole item is
/// written like this:
///
///   Status write_value(Out& out, EncodedReader& reader) {
///     ASSIGN_OR_RETURN(const EncodedValue value, reader.value());
///     switch (value.type) {
///       case AttributeType::kString: out.string(value.bytes); return {};
///       case AttributeType::kList:
///         return reader.for_each_element(value, [&] { return write_value(out, reader); });
///       case AttributeType::kMap:
///         return reader.for_each_attribute(value, [&](std::string_view name) {
///           out.name(name);
///           return write_value(out, reader);
///         });
///       case AttributeType::kStringSet:
///         return reader.for_each_member(value, [&](std::string_view member) { out.string(member); });
///       case AttributeType::kNumberSet:
///         return reader.for_each_number(value, [&](const Number& member) { out.number(member); });
///       ...
///   EncodedReader reader(bytes);
///   return reader.item([&](std::string_view name) { out.name(name); return write_value(out, reader); });
class EncodedReader {
 public:
  explicit EncodedReader(std::string_view bytes) : rest_(bytes) {}

  /// Reads a whole item, which must end where the bytes end. For each attribute calls `visit(std::string_view
  /// name) -> Status`, which must read (or skip) exactly one value.
  template <class Visit>
  Status item(Visit&& visit) {
    ASSIGN_OR_RETURN(const EncodedValue head, item_head());
    RETURN_IF_ERROR(for_each_attribute(head, visit));
    return end();
  }

  /// Reads one scalar, or the head of a list, map or set; its contents must be read by the fitting call below
  /// before anything else is.
  Result<EncodedValue> value();
  /// Reads one value of any type with all its contents.
  Status skip_value();

  /// The contents of an L: calls `visit() -> Status` once per element, which must read exactly one value.
  template <class Visit>
  Status for_each_element(const EncodedValue& list, Visit&& visit) {
    ++level_;
    for (std::size_t i = 0; i < list.count; ++i) RETURN_IF_ERROR(visit());
    --level_;
    return {};
  }

  /// The contents of an M: calls `visit(std::string_view name) -> Status`, which must read exactly one value.
  template <class Visit>
  Status for_each_attribute(const EncodedValue& map, Visit&& visit) {
    ++level_;
    std::optional<std::string_view> previous;
    for (std::size_t i = 0; i < map.count; ++i) {
      ASSIGN_OR_RETURN(previous, text_after(previous));
      RETURN_IF_ERROR(visit(*previous));
    }
    --level_;
    return {};
  }

  /// The contents of an SS or BS: calls `visit(std::string_view member)`.
  template <class Visit>
  Status for_each_member(const EncodedValue& set, Visit&& visit) {
    std::optional<std::string_view> previous;
    for (std::size_t i = 0; i < set.count; ++i) {
      ASSIGN_OR_RETURN(previous, text_after(previous));
      visit(*previous);
    }
    return {};
  }

  /// The contents of an NS: calls `visit(const Number& member)`.
  template <class Visit>
  Status for_each_number(const EncodedValue& set, Visit&& visit) {
    std::optional<Number> previous;
    for (std::size_t i = 0; i < set.count; ++i) {
      ASSIGN_OR_RETURN(previous, number_after(previous));
      visit(*previous);
    }
    return {};
  }

  // The parts of item(), for those who want the number of attributes first: the head, as if the item were an
  // M whose contents for_each_attribute() reads; and, at last, kCorruption unless everything was read.
  Result<EncodedValue> item_head();
  Status end() const;
  /// What is still unread.
  std::string_view rest() const { return rest_; }

 private:
  // A name or member, which must come after `previous` in byte order; a number, likewise by value.
  Result<std::string_view> text_after(const std::optional<std::string_view>& previous);
  Result<Number> number_after(const std::optional<Number>& previous);

  std::optional<std::uint64_t> take_varint();
  std::optional<std::string_view> take_sized();
  // False if the bytes are damaged. Each fills in an empty value.
  bool take_value(EncodedValue& value);
  bool take_text(EncodedValue& value, AttributeType type);
  bool take_head(EncodedValue& value, AttributeType type, std::size_t count_min);

  std::string_view rest_;
  int level_ = 1;  // of the value that comes next; an item's attributes are at 1, as a lone value is
};

}  // namespace gyre
