// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/objects/object_store.h"

namespace gyre::objects {

/// Objects in memory, for tests: a call fails when told to, before or after it did its work. Owned by the
/// test. Any thread.
class MemoryStore final : public ObjectStore {
 public:
  enum class Failure {
    kBefore,  ///< nothing happened
    kAfter,   ///< it happened, and the answer was lost
  };
  /// The call after `calls` more ones fails, and all behind it: the store is gone until recover().
  void fail_after(std::uint64_t calls, Failure how);
  void recover();
  std::uint64_t call_count() const;

  /// All objects; a test may change them behind everybody's back.
  std::map<std::string, std::string>& objects() { return objects_; }

  Result<std::string> get(const std::string& key, std::uint64_t offset, std::size_t bytes) override;
  Result<ObjectInfo> head(const std::string& key) override;
  Result<ObjectPage> list(const std::string& prefix, const std::string& after) override;
  Status put(const std::string& key, std::string_view bytes) override;
  Result<Created> create(const std::string& key, std::string_view bytes) override;
  Result<std::unique_ptr<Upload>> upload(const std::string& key) override;
  Status remove(const std::string& key) override;
  std::string name() const override { return "memory"; }

 private:
  friend class MemoryUpload;
  template <class Work>
  auto call(const std::string& key, Work work) -> decltype(work());

  mutable std::mutex mutex_;
  std::map<std::string, std::string> objects_;
  std::uint64_t calls_ = 0;
  std::optional<std::uint64_t> failing_call_;
  Failure failure_ = Failure::kBefore;
};

}  // namespace gyre::objects
