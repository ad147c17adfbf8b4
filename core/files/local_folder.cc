// SPDX-License-Identifier: Apache-2.0
#include "core/files/local_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

#include "core/base/check.h"
#include "core/base/descriptor.h"
#include "core/files/transfer.h"

namespace gyre::files {
namespace {

Error system_error(const std::string& what, int number) {
  const ErrorCode code =
      number == ENOSPC || number == EDQUOT ? ErrorCode::kUnavailable : ErrorCode::kInternal;
  return {code, what + ": " + std::generic_category().message(number)};
}

// A call that a signal interrupted is made again. No other is.
template <class Call>
auto without_interruption(Call call) {
  auto answer = call();
  while (answer < 0 && errno == EINTR) answer = call();
  return answer;
}

// Of a file, or of its folder; shared with calls under way.
using SharedDescriptor = std::shared_ptr<const Descriptor>;

Result<SharedDescriptor> open_in(const Descriptor& folder, const std::string& path, const std::string& name,
                                 int flags) {
  Descriptor file(without_interruption([&] { return ::openat(folder.get(), name.c_str(), flags, 0644); }));
  if (file.get() < 0) return system_error("cannot open " + path + "/" + name, errno);
  return SharedDescriptor(std::make_shared<Descriptor>(std::move(file)));
}

class LocalFile final : public File {
 public:
  LocalFile(SharedDescriptor folder, std::string path, SharedDescriptor file, std::string name)
      : folder_(std::move(folder)), path_(std::move(path)), name_(std::move(name)), file_(std::move(file)) {}

  Status write(std::uint64_t offset, std::string_view bytes) override {
    RETURN_IF_ERROR(wake());
    ASSIGN_OR_RETURN(const SharedDescriptor file, descriptor());
    while (!bytes.empty()) {
      const ssize_t written = without_interruption(
          [&] { return ::pwrite(file->get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
      if (written < 0) return failed("write");
      CHECK(written > 0 && static_cast<std::size_t>(written) <= bytes.size());
      bytes.remove_prefix(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  Status sync() override {
    ASSIGN_OR_RETURN(const SharedDescriptor file, descriptor());
    // Never again after a failure, not even after EINTR: the kernel may have dropped what it could not write.
    return ::fdatasync(file->get()) == 0 ? Status() : failed("sync");
  }

  Result<std::size_t> read(std::uint64_t offset, std::size_t bytes, char* into) const override {
    ASSIGN_OR_RETURN(const SharedDescriptor file, descriptor());
    std::size_t done = 0;
    while (done < bytes) {
      const ssize_t count = without_interruption(
          [&] { return ::pread(file->get(), into + done, bytes - done, static_cast<off_t>(offset + done)); });
      if (count < 0) return failed("read");
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  void prefetch(std::uint64_t offset, std::uint64_t bytes) const override {
    const auto file = descriptor();
    if (!file.ok()) return;
    ::posix_fadvise((*file)->get(), static_cast<off_t>(offset), static_cast<off_t>(bytes),
                    POSIX_FADV_WILLNEED);
  }

  Result<std::uint64_t> size() const override {
    ASSIGN_OR_RETURN(const struct stat status, look());
    return static_cast<std::uint64_t>(status.st_size);
  }

  Status truncate(std::uint64_t bytes) override {
    RETURN_IF_ERROR(wake());
    ASSIGN_OR_RETURN(const SharedDescriptor file, descriptor());
    const int answer =
        without_interruption([&] { return ::ftruncate(file->get(), static_cast<off_t>(bytes)); });
    return answer == 0 ? Status() : failed("cut");
  }

  Result<std::uint64_t> link_count() const override {
    ASSIGN_OR_RETURN(const struct stat status, look());
    return static_cast<std::uint64_t>(status.st_nlink);
  }

  void rest(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    name_ = name;
    file_.reset();
  }
  Status wake() override {
    ASSIGN_OR_RETURN(SharedDescriptor file, descriptor());
    const std::lock_guard lock(mutex_);
    if (!file_) file_ = std::move(file);
    return {};
  }

 private:
  // Of a file that rests: opened for this call alone.
  Result<SharedDescriptor> descriptor() const {
    std::string name;
    {
      const std::lock_guard lock(mutex_);
      if (file_) return file_;
      name = name_;
    }
    Result<SharedDescriptor> opened = open_in(*folder_, path_, name, O_RDWR | O_CLOEXEC);
    if (opened.ok()) return opened;
    // It was woken and removed meanwhile, perhaps.
    const std::lock_guard lock(mutex_);
    if (file_) return file_;
    return opened;
  }

  Result<struct stat> look() const {
    ASSIGN_OR_RETURN(const SharedDescriptor file, descriptor());
    struct stat status{};
    if (::fstat(file->get(), &status) != 0) return failed("look at");
    return status;
  }

  Error failed(const char* what) const {
    const int number = errno;
    const std::lock_guard lock(mutex_);
    return system_error(std::string("cannot ") + what + " " + path_ + "/" + name_, number);
  }

  const SharedDescriptor folder_;
  const std::string path_;
  mutable std::mutex mutex_;  // guards what follows
  std::string name_;
  SharedDescriptor file_;  // nullptr: it rests
};

class LocalFolder final : public Folder {
 public:
  LocalFolder(Descriptor folder, std::string path)
      : folder_(std::make_shared<Descriptor>(std::move(folder))), path_(std::move(path)) {}

  HomeTraits traits() const override { return {.prewritten_space = true, .reads_are_durable = false}; }

  Result<std::shared_ptr<File>> create(const std::string& name) override {
    return open_with(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC);
  }
  Result<std::shared_ptr<File>> open(const std::string& name) override {
    return open_with(name, O_RDWR | O_CLOEXEC);
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::renameat(folder_->get(), from.c_str(), folder_->get(), to.c_str()) == 0) return {};
    return failed("rename", from);
  }

  Status remove(const std::string& name) override {
    if (::unlinkat(folder_->get(), name.c_str(), 0) == 0) return {};
    return failed("remove", name);
  }

  Result<std::vector<std::string>> list() const override {
    // A descriptor of its own: reading a folder moves the descriptor's position.
    Descriptor reading(::openat(folder_->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (reading.get() < 0) return failed("list", "");
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(::dup(reading.get())), &::closedir);
    if (stream == nullptr) return failed("list", "");
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(stream.get())) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
      errno = 0;
    }
    if (errno != 0) return failed("list", "");
    std::sort(names.begin(), names.end());
    return names;
  }

  Status sync() override { return ::fsync(folder_->get()) == 0 ? Status() : failed("sync", ""); }

  Result<std::uint64_t> free_bytes() const override {
    struct statvfs status{};
    if (::fstatvfs(folder_->get(), &status) != 0) return failed("look at", "");
    return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
  }

 private:
  Result<std::shared_ptr<File>> open_with(const std::string& name, int flags) {
    CHECK(!name.empty() && name.find('/') == std::string::npos);
    ASSIGN_OR_RETURN(SharedDescriptor file, open_in(*folder_, path_, name, flags));
    return std::shared_ptr<File>(std::make_shared<LocalFile>(folder_, path_, std::move(file), name));
  }

  Error failed(const char* what, const std::string& name) const {
    return system_error(std::string("cannot ") + what + " " + path_ + "/" + name, errno);
  }

  const SharedDescriptor folder_;  // shared with files that rest
  const std::string path_;
};

}  // namespace

Result<std::unique_ptr<Folder>> open_local_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0) {
    RETURN_IF_ERROR(
        sync_directory(std::filesystem::absolute(path).lexically_normal().parent_path().string()));
  } else if (errno != EEXIST) {
    return system_error("cannot make " + path, errno);
  }
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return system_error("cannot open " + path, errno);
  return std::unique_ptr<Folder>(std::make_unique<LocalFolder>(std::move(folder), path));
}

}  // namespace gyre::files
