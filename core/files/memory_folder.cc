// SPDX-License-Identifier: Apache-2.0
#include "core/files/memory_folder.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace gyre::files {
namespace {

constexpr std::uint64_t kBlockBytes = 64 * 1024;

// Blocks are never moved: a file grows without being copied.
class KeptFile final : public File {
 public:
  Status write(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    resize(std::max(size_, offset + bytes.size()));
    for (std::uint64_t done = 0; done < bytes.size();) {
      const std::uint64_t at = offset + done;
      const std::uint64_t count = std::min(kBlockBytes - at % kBlockBytes, bytes.size() - done);
      std::memcpy(blocks_[at / kBlockBytes].get() + at % kBlockBytes, bytes.data() + done, count);
      done += count;
    }
    return {};
  }
  Status sync() override { return {}; }

  Result<std::size_t> read(std::uint64_t offset, std::size_t bytes, char* into) const override {
    const std::shared_lock lock(mutex_);
    if (offset >= size_) return std::size_t{0};
    const std::uint64_t wanted = std::min<std::uint64_t>(bytes, size_ - offset);
    for (std::uint64_t done = 0; done < wanted;) {
      const std::uint64_t at = offset + done;
      const std::uint64_t count = std::min(kBlockBytes - at % kBlockBytes, wanted - done);
      std::memcpy(into + done, blocks_[at / kBlockBytes].get() + at % kBlockBytes, count);
      done += count;
    }
    return static_cast<std::size_t>(wanted);
  }
  void prefetch(std::uint64_t, std::uint64_t) const override {}
  Result<std::uint64_t> size() const override {
    const std::shared_lock lock(mutex_);
    return size_;
  }
  Status truncate(std::uint64_t bytes) override {
    const std::lock_guard lock(mutex_);
    resize(bytes);
    return {};
  }
  Result<std::uint64_t> link_count() const override { return std::uint64_t{1}; }

 private:
  // What comes in is zeros, also where the file was longer before.
  void resize(std::uint64_t bytes) {
    const std::uint64_t blocks = (bytes + kBlockBytes - 1) / kBlockBytes;
    if (bytes < size_ && bytes % kBlockBytes != 0) {
      const std::uint64_t kept = bytes % kBlockBytes;
      std::memset(blocks_[blocks - 1].get() + kept, 0, kBlockBytes - kept);
    }
    if (blocks < blocks_.size()) blocks_.resize(blocks);
    while (blocks_.size() < blocks) blocks_.push_back(std::make_unique<char[]>(kBlockBytes));
    size_ = bytes;
  }

  mutable std::shared_mutex mutex_;  // guards what follows
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::uint64_t size_ = 0;
};

class KeptFolder final : public Folder {
 public:
  HomeTraits traits() const override { return {.prewritten_space = false, .reads_are_durable = true}; }

  Result<std::shared_ptr<File>> create(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    const auto [at, is_new] = files_.try_emplace(name);
    if (!is_new) return Error::internal("there is a file " + name + " already");
    at->second = std::make_shared<KeptFile>();
    return std::shared_ptr<File>(at->second);
  }
  Result<std::shared_ptr<File>> open(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(name);
    if (found == files_.end()) return no_file(name);
    return std::shared_ptr<File>(found->second);
  }
  Status rename(const std::string& from, const std::string& to) override {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(from);
    if (found == files_.end()) return no_file(from);
    std::shared_ptr<KeptFile> file = std::move(found->second);
    files_.erase(found);
    files_[to] = std::move(file);
    return {};
  }
  Status remove(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    return files_.erase(name) == 0 ? Status(no_file(name)) : Status();
  }
  Result<std::vector<std::string>> list() const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, file] : files_) names.push_back(name);
    return names;
  }
  Status sync() override { return {}; }
  Result<std::uint64_t> free_bytes() const override { return std::numeric_limits<std::uint64_t>::max(); }

 private:
  static Error no_file(const std::string& name) { return Error::internal("there is no file " + name); }

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<KeptFile>> files_;  // shared with who has them open
};

}  // namespace

std::shared_ptr<Folder> make_memory_folder() {
  return std::make_shared<KeptFolder>();
}

}  // namespace gyre::files
