// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace gyre::objects {

inline constexpr std::size_t kObjectKeyBytesMax = 900;   // a prefix and this stay within S3's 1,024
inline constexpr std::size_t kObjectNameBytesMax = 200;  // of a key between two slashes
/// What one call takes or answers: get(), put(), create(). Larger objects go through an Upload.
inline constexpr std::size_t kObjectPieceBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kObjectsPerPageMax = 1000;

struct ObjectInfo {
  std::string key;
  std::uint64_t bytes = 0;
  bool operator==(const ObjectInfo&) const = default;
};

struct ObjectPage {
  std::vector<ObjectInfo> objects;  ///< by key, in order of bytes
  /// Where the next page begins (`after` of list()); nullopt: this was the last.
  std::optional<std::string> next;
};

enum class Created {
  kCreated,
  /// An object of that key is there, and was left as it is. It may be ours: of an attempt whose answer was
  /// lost.
  kExistsAlready,
};

/// A large object that is written piece by piece. One thread. Nothing is visible before finish(), and nothing
/// stays of one that was not finished, as far as the store can be reached. Outlived by its store.
class Upload {
 public:
  virtual ~Upload() = default;
  virtual Status add(std::string_view bytes) = 0;
  /// All of it becomes an object at once, if there is none of that key. Once.
  virtual Result<Created> finish() = 0;
};

/// Objects by key: the seam to where archives are. A folder (directory_store.h), S3's API (s3_store.h),
/// memory for tests (memory_store.h). What a call has answered is durable, and every later call sees it. Any
/// thread; calls block.
///
/// Keys are names joined by slashes; a name has letters, digits and "-_.=", and begins with no dot
/// (check_key). No key may be the beginning of another one's path: "a" and "a/b".
///
/// Errors name the key: kResourceNotFound: no such object. kUnavailable: the store cannot be reached, is full
/// or overloaded; after a put, create or remove it may have happened. kValidation: the key is none.
/// kInternal for the rest.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// `bytes` of the object from `offset` on; fewer only at its end. At most kObjectPieceBytesMax.
  virtual Result<std::string> get(const std::string& key, std::uint64_t offset, std::size_t bytes) = 0;
  virtual Result<ObjectInfo> head(const std::string& key) = 0;
  /// Objects whose keys begin with `prefix`, from the first one after `after` on.
  virtual Result<ObjectPage> list(const std::string& prefix, const std::string& after) = 0;
  /// Replaces what is there. At most kObjectPieceBytesMax.
  virtual Status put(const std::string& key, std::string_view bytes) = 0;
  /// Never replaces. At most kObjectPieceBytesMax.
  virtual Result<Created> create(const std::string& key, std::string_view bytes) = 0;
  virtual Result<std::unique_ptr<Upload>> upload(const std::string& key) = 0;
  /// Also if there is none.
  virtual Status remove(const std::string& key) = 0;
  /// For messages: "directory /backup", "s3://bucket/prefix".
  virtual std::string name() const = 0;

 protected:
  ObjectStore() = default;
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;
};

/// kValidation if `key` is none.
Status check_key(std::string_view key);
/// All of a small object; kCorruption if it has more than `bytes_max`.
Result<std::string> get_whole(ObjectStore& store, const std::string& key, std::size_t bytes_max);

}  // namespace gyre::objects
