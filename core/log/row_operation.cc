// SPDX-License-Identifier: Apache-2.0
#include "core/log/row_operation.h"

#include "core/base/check.h"

namespace gyre::log {
namespace {

constexpr std::uint8_t kChangeMask = 3 | 16;
constexpr std::uint8_t kKeyReference = 4;
constexpr std::uint8_t kValueReference = 8;
constexpr std::uint8_t kHeadBits = kChangeMask | kKeyReference | kValueReference;

bool is_known(RowChange change) {
  return change == RowChange::kPut || change == RowChange::kErase || change == RowChange::kEraseRange ||
         change == RowChange::kFilled;
}

void append_bytes(std::string& out, const RowBytes& bytes) {
  append_sized(out, bytes.inline_bytes);
  if (bytes.reference.length == 0) return;
  append_varint(out, bytes.reference.entry);
  append_varint(out, bytes.reference.offset);
  append_varint(out, bytes.reference.length);
}

}  // namespace

void append_operation(std::string& out, RowChange change, std::uint8_t family, const RowBytes& key,
                      const RowBytes& value) {
  const bool has_value = change != RowChange::kErase;
  CHECK(is_known(change));
  CHECK(has_value || (value.inline_bytes.empty() && value.reference.length == 0));
  auto head = static_cast<std::uint8_t>(change);
  if (key.reference.length > 0) head |= kKeyReference;
  if (value.reference.length > 0) head |= kValueReference;
  append_u8(out, head);
  append_u8(out, family);
  append_bytes(out, key);
  if (has_value) append_bytes(out, value);
}

Result<RowOperation> OperationReader::next() {
  CHECK(!at_end());
  RowOperation operation;
  ASSIGN_OR_RETURN(const std::uint8_t head, reader_.u8());
  operation.change = static_cast<RowChange>(head & kChangeMask);
  if ((head & ~kHeadBits) != 0 || !is_known(operation.change)) {
    return Error::corruption("a row operation is of an unknown kind");
  }
  ASSIGN_OR_RETURN(operation.family, reader_.u8());
  ASSIGN_OR_RETURN(operation.key, read_bytes((head & kKeyReference) != 0));
  const bool value_reference = (head & kValueReference) != 0;
  if (operation.change == RowChange::kErase) {
    if (value_reference) return Error::corruption("an erasing row operation has a value");
    return operation;
  }
  ASSIGN_OR_RETURN(operation.value, read_bytes(value_reference));
  return operation;
}

Result<ResolvedBytes> OperationReader::read_bytes(bool with_reference) {
  ResolvedBytes bytes;
  ASSIGN_OR_RETURN(bytes.inline_bytes, reader_.sized());
  if (!with_reference) return bytes;
  ASSIGN_OR_RETURN(const std::uint64_t entry, reader_.varint());
  ASSIGN_OR_RETURN(const std::uint64_t offset, reader_.varint());
  ASSIGN_OR_RETURN(const std::uint64_t length, reader_.varint());
  if (entry >= entries_.size())
    return Error::corruption("a row operation refers to an entry that is not there");
  const std::string_view referred = entries_[entry];
  // Written so that no sum can overflow.
  if (length == 0 || offset > referred.size() || length > referred.size() - offset) {
    return Error::corruption("a row operation refers to bytes that are not there");
  }
  bytes.referenced = referred.substr(offset, length);
  CHECK(bytes.referenced.size() == length);
  return bytes;
}

}  // namespace gyre::log
