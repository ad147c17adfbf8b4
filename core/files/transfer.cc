// SPDX-License-Identifier: Apache-2.0
#include "core/files/transfer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "core/base/descriptor.h"

namespace gyre::files {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCopyBytes = 1024 * 1024;  // at a time

Error transfer_error(const std::string& path, int number) {
  const std::string message = path + ": " + std::generic_category().message(number);
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return {ErrorCode::kUnavailable, message};
    case EEXIST:
    case ENOTEMPTY:
    case ENOTDIR:
    case ENOENT:
      return Error::validation(message);
    default:
      return Error::internal(message);
  }
}

/// A file or directory, with Errors that name it.
class Opened {
 public:
  Opened(const std::string& path, int flags) : path_(path), file_(::open(path.c_str(), flags, 0644)) {
    if (file_.get() < 0) error_ = errno;
  }

  Status status() const { return file_.get() >= 0 ? Status() : Status(transfer_error(path_, error_)); }
  Status sync() const { return ::fsync(file_.get()) == 0 ? Status() : Status(transfer_error(path_, errno)); }
  Result<std::size_t> read(std::vector<char>& into) const {
    while (true) {
      const ssize_t count = ::read(file_.get(), into.data(), into.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return transfer_error(path_, errno);
    }
  }
  Status write(const char* bytes, std::size_t size) const {
    while (size > 0) {
      const ssize_t count = ::write(file_.get(), bytes, size);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return transfer_error(path_, errno);
      bytes += count;
      size -= static_cast<std::size_t>(count);
    }
    return {};
  }

 private:
  const std::string path_;
  const Descriptor file_;
  int error_ = 0;
};

Status copy_bytes(const Opened& from, const Opened& to) {
  std::vector<char> bytes(kCopyBytes);
  while (true) {
    ASSIGN_OR_RETURN(const std::size_t count, from.read(bytes));
    if (count == 0) return to.sync();
    RETURN_IF_ERROR(to.write(bytes.data(), count));
  }
}

Status copy_file(const std::string& from, const std::string& to) {
  const Opened source(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  RETURN_IF_ERROR(source.status());
  Status copied;
  {
    const Opened target(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
    RETURN_IF_ERROR(target.status());
    copied = copy_bytes(source, target);
  }
  if (!copied.ok()) ::unlink(to.c_str());
  return copied;
}

std::string parent_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

Status copy_tree(const std::string& from, const std::string& to);

Status copy_entries(const std::string& from, const std::string& to) {
  std::error_code error;
  for (fs::directory_iterator at(from, error), end; !error && at != end; at.increment(error)) {
    const std::string name = "/" + at->path().filename().string();
    const fs::file_status kind = at->symlink_status(error);
    if (error) break;
    if (fs::is_directory(kind)) {
      RETURN_IF_ERROR(copy_tree(from + name, to + name));
    } else if (fs::is_regular_file(kind)) {
      RETURN_IF_ERROR(copy_file(from + name, to + name));
    } else {
      return Error::validation(from + name + ": neither a file nor a directory");
    }
  }
  if (error) return transfer_error(from, error.value());
  return sync_directory(to);
}

// Into a new directory.
Status copy_tree(const std::string& from, const std::string& to) {
  if (::mkdir(to.c_str(), 0755) != 0) return transfer_error(to, errno);
  const Status copied = copy_entries(from, to);
  std::error_code ignored;
  if (!copied.ok()) fs::remove_all(to, ignored);
  return copied;
}

Status take_name(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return transfer_error(to, errno);
  return sync_directory(parent_of(to));
}

}  // namespace

Status sync_directory(const std::string& path) {
  const Opened directory(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  RETURN_IF_ERROR(directory.status());
  return directory.sync();
}

Status link_or_copy(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return {};
  const bool cannot_be_had = errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP;
  return cannot_be_had ? copy_file(from, to) : Status(transfer_error(to, errno));
}

Status copy_directory(const std::string& from, const std::string& to_in) {
  const std::string to = without_slashes(to_in);
  const std::string partial = to + ".partial";
  RETURN_IF_ERROR(copy_tree(from, partial));
  const Status named = take_name(partial, to);
  std::error_code ignored;
  if (!named.ok()) fs::remove_all(partial, ignored);
  return named;
}

Status move_directory(const std::string& from, const std::string& to_in) {
  const std::string to = without_slashes(to_in);
  if (::rename(from.c_str(), to.c_str()) == 0) {
    RETURN_IF_ERROR(sync_directory(parent_of(to)));
    return sync_directory(parent_of(from));
  }
  if (errno != EXDEV) return transfer_error(to, errno);
  RETURN_IF_ERROR(copy_directory(from, to));
  std::error_code ignored;
  fs::remove_all(from, ignored);
  return {};
}

}  // namespace gyre::files
