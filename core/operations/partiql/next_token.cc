// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql/next_token.h"

#include "core/base/base64.h"
#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace gyre::operations {
namespace {

constexpr std::uint8_t kFormat = 1;

Error invalid_token() {
  return Error::validation("Invalid NextToken");
}

struct Token {
  std::uint64_t binding = 0;
  SelectPosition position;
};

// A format byte, the binding, the read, the row, and a checksum of all that.
Result<Token> read_token(std::string_view bytes) {
  ByteReader reader(bytes);
  Token token;
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  ASSIGN_OR_RETURN(token.binding, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t read, reader.varint());
  ASSIGN_OR_RETURN(const std::string_view row, reader.sized());
  const std::string_view checked = bytes.substr(0, bytes.size() - reader.rest().size());
  ASSIGN_OR_RETURN(const std::uint64_t checksum, reader.u64_be());
  if (format != kFormat || !reader.at_end() || checksum != hash64(checked)) return invalid_token();
  token.position = {static_cast<std::size_t>(read), std::string(row)};
  return token;
}

}  // namespace

std::string encode_next_token(std::uint64_t binding, const SelectPosition& position) {
  std::string bytes;
  append_u8(bytes, kFormat);
  append_u64_be(bytes, binding);
  append_varint(bytes, position.read);
  append_sized(bytes, position.row);
  append_u64_be(bytes, hash64(bytes));
  return base64(bytes);
}

Result<SelectPosition> decode_next_token(std::string_view token, std::uint64_t binding) {
  const Result<std::string> bytes = decode_base64(token);
  if (!bytes.ok()) return invalid_token();
  Result<Token> read = read_token(*bytes);
  if (!read.ok()) return invalid_token();
  if (read->binding != binding) return Error::validation("NextToken does not match request");
  return std::move(read->position);
}

}  // namespace gyre::operations
