// SPDX-License-Identifier: Apache-2.0
#include "core/objects/memory_store.h"

#include "core/base/check.h"

namespace gyre::objects {

// Each call counts, is checked as in every home, and fails if its turn has come.
template <class Work>
auto MemoryStore::call(const std::string& key, Work work) -> decltype(work()) {
  RETURN_IF_ERROR(check_key(key));
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = calls_++;
  const Error gone(ErrorCode::kUnavailable, "memory: " + key + ": the store is gone");
  if (failing_call_ && number > *failing_call_) return gone;
  const bool fails = failing_call_ == number;
  if (fails && failure_ == Failure::kBefore) return gone;
  auto answer = work();
  if (fails) return gone;
  return answer;
}

class MemoryUpload final : public Upload {
 public:
  MemoryUpload(MemoryStore& store, std::string key) : store_(store), key_(std::move(key)) {}

  Status add(std::string_view bytes) override {
    return store_.call(key_, [&]() -> Status {
      bytes_ += bytes;
      return {};
    });
  }
  Result<Created> finish() override {
    return store_.call(key_, [&]() -> Result<Created> {
      const bool made = store_.objects_.emplace(key_, std::move(bytes_)).second;
      return made ? Created::kCreated : Created::kExistsAlready;
    });
  }

 private:
  MemoryStore& store_;
  const std::string key_;
  std::string bytes_;
};

void MemoryStore::fail_after(std::uint64_t calls, Failure how) {
  const std::lock_guard lock(mutex_);
  failing_call_ = calls_ + calls;
  failure_ = how;
}

void MemoryStore::recover() {
  const std::lock_guard lock(mutex_);
  failing_call_.reset();
}

std::uint64_t MemoryStore::call_count() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

Result<std::string> MemoryStore::get(const std::string& key, std::uint64_t offset, std::size_t bytes) {
  CHECK(bytes <= kObjectPieceBytesMax);
  return call(key, [&]() -> Result<std::string> {
    const auto found = objects_.find(key);
    if (found == objects_.end()) return Error::resource_not_found("memory: there is no " + key);
    if (offset >= found->second.size()) return std::string();
    return found->second.substr(offset, bytes);
  });
}

Result<ObjectInfo> MemoryStore::head(const std::string& key) {
  return call(key, [&]() -> Result<ObjectInfo> {
    const auto found = objects_.find(key);
    if (found == objects_.end()) return Error::resource_not_found("memory: there is no " + key);
    return ObjectInfo{key, found->second.size()};
  });
}

Result<ObjectPage> MemoryStore::list(const std::string& prefix, const std::string& after) {
  return call("list", [&]() -> Result<ObjectPage> {
    ObjectPage page;
    for (auto at = objects_.lower_bound(std::max(prefix, after)); at != objects_.end(); ++at) {
      if (!at->first.starts_with(prefix)) break;
      if (at->first == after) continue;
      if (page.objects.size() == kObjectsPerPageMax) {
        page.next = page.objects.back().key;
        break;
      }
      page.objects.push_back({at->first, at->second.size()});
    }
    return page;
  });
}

Status MemoryStore::put(const std::string& key, std::string_view bytes) {
  CHECK(bytes.size() <= kObjectPieceBytesMax);
  return call(key, [&]() -> Status {
    objects_[key] = bytes;
    return {};
  });
}

Result<Created> MemoryStore::create(const std::string& key, std::string_view bytes) {
  CHECK(bytes.size() <= kObjectPieceBytesMax);
  return call(key, [&]() -> Result<Created> {
    return objects_.emplace(key, bytes).second ? Created::kCreated : Created::kExistsAlready;
  });
}

Result<std::unique_ptr<Upload>> MemoryStore::upload(const std::string& key) {
  return call(key, [&]() -> Result<std::unique_ptr<Upload>> {
    return std::unique_ptr<Upload>(std::make_unique<MemoryUpload>(*this, key));
  });
}

Status MemoryStore::remove(const std::string& key) {
  return call(key, [&]() -> Status {
    objects_.erase(key);
    return {};
  });
}

}  // namespace gyre::objects
