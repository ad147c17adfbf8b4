// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/base/descriptor.h"

namespace gyre::cli {

Result<std::string> read_file(const std::string& name) {
  const Descriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 16 * 1024> buffer;
  for (ssize_t count = -1; file.get() >= 0;) {
    count = ::read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return Error::validation(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
}

Status write_file(const std::string& name, std::string_view text) {
  const std::string fresh = name + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out || std::rename(fresh.c_str(), name.c_str()) != 0) {
    return Error::validation(fmt::format("cannot write {}: {}", name, std::strerror(errno)));
  }
  return {};
}

Status make_writable_directory(const std::string& name) {
  std::error_code error;
  std::filesystem::create_directories(name, error);
  if (error) return Error::validation(fmt::format("cannot make the directory {}: {}", name, error.message()));
  if (::access(name.c_str(), W_OK | X_OK) != 0) {
    return Error::validation(fmt::format("the directory {} is not writable: {}", name, std::strerror(errno)));
  }
  return {};
}

}  // namespace gyre::cli
