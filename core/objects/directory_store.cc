// SPDX-License-Identifier: Apache-2.0
#include "core/objects/directory_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "core/base/check.h"
#include "core/base/descriptor.h"
#include "core/base/random.h"
#include "core/files/local_folder.h"
#include "core/files/transfer.h"

namespace gyre::objects {
namespace {

Error system_error(const std::string& path, int number) {
  const std::string message = path + ": " + std::generic_category().message(number);
  if (number == ENOENT || number == ENOTDIR) return Error::resource_not_found(message);
  const bool full = number == ENOSPC || number == EDQUOT;
  return {full ? ErrorCode::kUnavailable : ErrorCode::kInternal, message};
}

/// "a/b/c" -> "a/b" and "c"; "c" -> "" and "c".
std::pair<std::string, std::string> split(const std::string& key) {
  const std::size_t slash = key.rfind('/');
  if (slash == std::string::npos) return {"", key};
  return {key.substr(0, slash), key.substr(slash + 1)};
}

/// A file that has only a name with a dot, until it is published; else it goes away with this object.
class NewFile {
 public:
  NewFile(std::string folder, std::string temporary)
      : folder_(std::move(folder)), temporary_(std::move(temporary)) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (file_ != nullptr) ::unlink(path(temporary_).c_str());
  }

  Status open() {
    ASSIGN_OR_RETURN(const auto home, files::open_local_folder(folder_));
    ASSIGN_OR_RETURN(file_, home->create(temporary_));
    return {};
  }
  Status add(std::string_view bytes) {
    RETURN_IF_ERROR(file_->write(size_, bytes));
    size_ += bytes.size();
    return {};
  }
  Status replace(const std::string& name) {
    RETURN_IF_ERROR(file_->sync());
    if (::rename(path(temporary_).c_str(), path(name).c_str()) != 0) return system_error(path(name), errno);
    file_.reset();
    return files::sync_directory(folder_);
  }
  Result<Created> create(const std::string& name) {
    RETURN_IF_ERROR(file_->sync());
    const int answer = ::link(path(temporary_).c_str(), path(name).c_str());
    if (answer != 0 && errno != EEXIST) return system_error(path(name), errno);
    // Also where it exists: the name may have been given a moment ago.
    RETURN_IF_ERROR(files::sync_directory(folder_));
    return answer == 0 ? Created::kCreated : Created::kExistsAlready;
  }

 private:
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  const std::string folder_;
  const std::string temporary_;
  std::shared_ptr<files::File> file_;
  std::uint64_t size_ = 0;
};

class DirectoryUpload final : public Upload {
 public:
  DirectoryUpload(std::unique_ptr<NewFile> file, std::string name)
      : file_(std::move(file)), name_(std::move(name)) {}
  Status add(std::string_view bytes) override { return file_->add(bytes); }
  Result<Created> finish() override { return file_->create(name_); }

 private:
  const std::unique_ptr<NewFile> file_;
  const std::string name_;
};

/// What a folder holds that may come into a page.
struct Listed {
  std::string name;  ///< of a folder with a slash behind it: so they sort as the keys do
  std::uint64_t bytes = 0;
  bool is_folder() const { return name.back() == '/'; }
  bool operator<(const Listed& other) const { return name < other.name; }
};

class DirectoryStore final : public ObjectStore {
 public:
  explicit DirectoryStore(std::string root) : root_(std::move(root)) {}

  Result<std::string> get(const std::string& key, std::uint64_t offset, std::size_t bytes) override {
    CHECK(bytes <= kObjectPieceBytesMax);
    RETURN_IF_ERROR(check_path(key));
    // Does not wait for a writer, where somebody put a pipe.
    const Descriptor file(::open(path(key).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (file.get() < 0) return system_error(path(key), errno == ENXIO || errno == ELOOP ? ENOENT : errno);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return system_error(path(key), ENOENT);
    std::string read(bytes, '\0');
    std::size_t done = 0;
    int failure = 0;
    while (done < bytes) {
      const ssize_t count =
          ::pread(file.get(), read.data() + done, bytes - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) failure = errno;
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    if (failure != 0) return system_error(path(key), failure);
    read.resize(done);
    return read;
  }

  Result<ObjectInfo> head(const std::string& key) override {
    RETURN_IF_ERROR(check_path(key));
    struct stat status{};
    if (::lstat(path(key).c_str(), &status) != 0) return system_error(path(key), errno);
    if (!S_ISREG(status.st_mode)) return system_error(path(key), ENOENT);
    return ObjectInfo{key, static_cast<std::uint64_t>(status.st_size)};
  }

  Result<ObjectPage> list(const std::string& prefix, const std::string& after) override {
    ObjectPage page;
    RETURN_IF_ERROR(list_folder("", prefix, after, page));
    if (page.objects.size() > kObjectsPerPageMax) {
      page.objects.pop_back();
      page.next = page.objects.back().key;
    }
    return page;
  }

  Status put(const std::string& key, std::string_view bytes) override {
    CHECK(bytes.size() <= kObjectPieceBytesMax);
    ASSIGN_OR_RETURN(const auto file, new_file(key));
    RETURN_IF_ERROR(file->add(bytes));
    return file->replace(split(key).second);
  }

  Result<Created> create(const std::string& key, std::string_view bytes) override {
    CHECK(bytes.size() <= kObjectPieceBytesMax);
    ASSIGN_OR_RETURN(const auto file, new_file(key));
    RETURN_IF_ERROR(file->add(bytes));
    return file->create(split(key).second);
  }

  Result<std::unique_ptr<Upload>> upload(const std::string& key) override {
    ASSIGN_OR_RETURN(auto file, new_file(key));
    return std::unique_ptr<Upload>(std::make_unique<DirectoryUpload>(std::move(file), split(key).second));
  }

  Status remove(const std::string& key) override {
    RETURN_IF_ERROR(check_key(key));
    const Status there = check_path(key);
    if (!there.ok()) return there.error().code == ErrorCode::kResourceNotFound ? Status() : there;
    if (::unlink(path(key).c_str()) != 0) {
      return errno == ENOENT || errno == ENOTDIR ? Status() : system_error(path(key), errno);
    }
    return files::sync_directory(path(split(key).first));
  }

  std::string name() const override { return "directory " + root_; }

 private:
  std::string path(const std::string& key) const { return key.empty() ? root_ : root_ + "/" + key; }

  // kResourceNotFound: one of the folders that an object of this key is in is missing, or no folder: a link
  // to one may lead out of the store, or around in it.
  Status check_path(const std::string& key) const {
    RETURN_IF_ERROR(check_key(key));
    for (std::size_t slash = key.find('/'); slash != std::string::npos; slash = key.find('/', slash + 1)) {
      struct stat status{};
      if (::lstat(path(key.substr(0, slash)).c_str(), &status) != 0) return system_error(path(key), errno);
      if (!S_ISDIR(status.st_mode)) return system_error(path(key), ENOTDIR);
    }
    return {};
  }

  Result<std::unique_ptr<NewFile>> new_file(const std::string& key) {
    RETURN_IF_ERROR(check_key(key));
    const auto [folder, name] = split(key);
    RETURN_IF_ERROR(make_folders(folder));
    RETURN_IF_ERROR(check_path(key));
    auto file = std::make_unique<NewFile>(path(folder), fmt::format(".{:016x}", entropy()));
    RETURN_IF_ERROR(file->open());
    return file;
  }

  // Durably, the outer ones first.
  Status make_folders(const std::string& folder) {
    for (std::size_t end = 0; end < folder.size();) {
      end = std::min(folder.find('/', end + 1), folder.size());
      const std::string made = folder.substr(0, end);
      if (::mkdir(path(made).c_str(), 0755) != 0 && errno != EEXIST) return system_error(path(made), errno);
      // Also where it exists: it may have been made a moment ago.
      RETURN_IF_ERROR(files::sync_directory(path(split(made).first)));
    }
    return {};
  }

  // Adds to `page` what `folder` ("" or "a/b/") holds, until there is one more than a page takes.
  Status list_folder(const std::string& folder, const std::string& prefix, const std::string& after,
                     ObjectPage& page) {
    std::string last;
    while (page.objects.size() <= kObjectsPerPageMax) {
      ASSIGN_OR_RETURN(const std::set<Listed> listed, next_names(folder, prefix, after, last));
      for (const Listed& one : listed) {
        if (page.objects.size() > kObjectsPerPageMax) return {};
        if (one.is_folder()) {
          RETURN_IF_ERROR(list_folder(folder + one.name, prefix, after, page));
        } else {
          page.objects.push_back({folder + one.name, one.bytes});
        }
        last = one.name;
      }
      if (listed.size() <= kObjectsPerPageMax) return {};
    }
    return {};
  }

  // The first names of a folder behind `last`: at most one more than a page takes, so that memory is bounded.
  Result<std::set<Listed>> next_names(const std::string& folder, const std::string& prefix,
                                      const std::string& after, const std::string& last) {
    const std::string home = path(folder);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(home.c_str()), &::closedir);
    std::set<Listed> names;
    if (stream == nullptr && errno == ENOENT) return names;
    if (stream == nullptr) return system_error(home, errno);
    errno = 0;
    while (const dirent* entry = ::readdir(stream.get())) {
      auto one = look_at(::dirfd(stream.get()), entry->d_name);
      if (one && one->name > last && is_wanted(folder + one->name, prefix, after))
        names.insert(*std::move(one));
      if (names.size() > kObjectsPerPageMax + 1) names.erase(std::prev(names.end()));
      errno = 0;
    }
    if (errno != 0) return system_error(home, errno);
    return names;
  }

  // nullopt: neither file nor folder.
  static std::optional<Listed> look_at(int home, const char* name) {
    Listed one{name};
    struct stat status{};
    if (one.name.front() == '.' || ::fstatat(home, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
      return std::nullopt;
    if (S_ISDIR(status.st_mode)) {
      one.name += '/';
    } else if (!S_ISREG(status.st_mode)) {
      return std::nullopt;
    }
    one.bytes = static_cast<std::uint64_t>(status.st_size);
    return one;
  }

  // `found` is a key, or a folder with a slash behind it.
  static bool is_wanted(const std::string& found, const std::string& prefix, const std::string& after) {
    const bool is_folder = found.back() == '/';
    if (!is_folder && !check_key(found).ok()) return false;
    const bool fits = found.starts_with(prefix) || (is_folder && prefix.starts_with(found));
    return fits && (found > after || (is_folder && after.starts_with(found)));
  }

  const std::string root_;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_directory_store(const std::string& path) {
  ASSIGN_OR_RETURN(const auto folder, files::open_local_folder(path));
  std::string root = path;
  while (root.size() > 1 && root.ends_with('/')) root.pop_back();
  // Whoever may not look into the parent did not make the folder.
  const std::string parent = root + "/..";
  if (::access(parent.c_str(), R_OK) == 0) RETURN_IF_ERROR(files::sync_directory(parent));
  return std::unique_ptr<ObjectStore>(std::make_unique<DirectoryStore>(std::move(root)));
}

}  // namespace gyre::objects
