// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/descriptor.h"

namespace gyre::cli {

// The newest lines of a log. The lines before them are in a file of at most the same size, with ".1" behind
// its name.
inline constexpr std::uint64_t kLogFileBytesMax = 16ULL * 1024 * 1024;

/// A log of lines in a file, which is continued when it is opened again. Bounded: see above. What cannot be
/// written is lost: a full disk stops no region. One thread.
class LineFile {
 public:
  explicit LineFile(std::string name, std::uint64_t bytes_max = kLogFileBytesMax)
      : name_(std::move(name)), bytes_max_(bytes_max) {}
  void write(std::string_view line);
  /// The file, opened; negative: it cannot be.
  int descriptor();

 private:
  void open();

  const std::string name_;
  const std::uint64_t bytes_max_;
  Descriptor file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace gyre::cli
