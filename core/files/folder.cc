// SPDX-License-Identifier: Apache-2.0
#include "core/files/folder.h"

namespace gyre::files {

Result<std::string> read_exactly(const File& file, std::uint64_t offset, std::size_t bytes) {
  std::string read(bytes, '\0');
  ASSIGN_OR_RETURN(const std::size_t count, file.read(offset, bytes, read.data()));
  CHECK(count <= bytes);
  if (count < bytes) return Error::corruption("a file ends too early");
  return read;
}

}  // namespace gyre::files
