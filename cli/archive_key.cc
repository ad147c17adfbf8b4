// SPDX-License-Identifier: Apache-2.0
#include "cli/archive_key.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/files.h"
#include "core/archive/seal.h"
#include "core/base/descriptor.h"
#include "core/base/hex.h"
#include "core/files/transfer.h"

namespace gyre::cli {
namespace {

namespace fs = std::filesystem;

Error cannot(const char* what, const std::string& file) {
  return Error::validation(fmt::format("cannot {} the key '{}': {}", what, file, std::strerror(errno)));
}

// Under another name first: what has the key's name is a whole key.
Status write_key(const std::string& file, const std::string& text) {
  const std::string beside = file + ".new";
  ::unlink(beside.c_str());
  const Descriptor made(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (made.get() < 0) return cannot("make", file);
  if (::write(made.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(made.get()) != 0 || ::rename(beside.c_str(), file.c_str()) != 0) {
    return cannot("write", file);
  }
  const fs::path folder = fs::path(file).parent_path();
  return files::sync_directory(folder.empty() ? "." : folder.string());
}

}  // namespace

Result<std::string> read_archive_key(const std::string& file) {
  struct stat facts{};
  if (::stat(file.c_str(), &facts) != 0) {
    if (errno == ENOENT) return Error::resource_not_found(fmt::format("there is no key '{}'", file));
    return cannot("read", file);
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error::validation(fmt::format("others than its owner may use the key '{}': `chmod 600` it", file));
  }
  ASSIGN_OR_RETURN(std::string text, read_file(file));
  while (text.ends_with('\n')) text.pop_back();
  std::optional<std::string> seed = from_hex(text);
  if (!seed || seed->size() != archive::SigningPair::kSeedBytes) {
    return Error::validation(fmt::format("'{}' is no key: one is a line of {} hexadecimal digits", file,
                                         2 * archive::SigningPair::kSeedBytes));
  }
  return *std::move(seed);
}

Result<std::string> read_or_make_archive_key(const std::string& file) {
  Result<std::string> seed = read_archive_key(file);
  if (seed.ok() || seed.error().code != ErrorCode::kResourceNotFound) return seed;
  std::string made(archive::SigningPair::kSeedBytes, '\0');
  if (::getrandom(made.data(), made.size(), 0) != static_cast<ssize_t>(made.size())) {
    return cannot("draw", file);
  }
  RETURN_IF_ERROR(write_key(file, hex(made) + "\n"));
  return made;
}

}  // namespace gyre::cli
