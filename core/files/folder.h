// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace gyre::files {

/// What a home asks of those who keep files in it.
struct HomeTraits {
  /// Space that was written once takes data with one write and no change of the file's own record, so a sync
  /// inside it is cheaper: write it beforehand, or take a file again that nobody uses any more.
  bool prewritten_space = false;
  /// What can be read after a reopen is durable. Where not, a tail that was perhaps not synced is written and
  /// synced again before it is relied on: the operating system may show what the disk does not have.
  bool reads_are_durable = false;
};

/// One open file. Reads on any thread; write, sync and truncate on one thread at a time. Stays readable for
/// as long as somebody holds it, also after it was removed.
class File {
 public:
  virtual ~File() = default;

  /// Puts all of `bytes` at `offset`, which may lie at or before the end. Visible to reads at once, durable
  /// after sync(). After an Error any part of it may be there.
  virtual Status write(std::uint64_t offset, std::string_view bytes) = 0;
  /// All that was written and the file's length become durable. After an Error nobody knows what is: another
  /// sync may succeed without having written anything, so do not try again.
  virtual Status sync() = 0;
  /// Reads `bytes` at `offset` into `into`. Answers how many there were: fewer only at the end of the file.
  virtual Result<std::size_t> read(std::uint64_t offset, std::size_t bytes, char* into) const = 0;
  /// A hint that this part is read next.
  virtual void prefetch(std::uint64_t offset, std::uint64_t bytes) const = 0;
  virtual Result<std::uint64_t> size() const = 0;
  /// Cuts the file, or lengthens it with zeros. Durable after sync().
  virtual Status truncate(std::uint64_t bytes) = 0;
  /// How many names the file has: more than one while a backup shares it.
  virtual Result<std::uint64_t> link_count() const = 0;

  /// Only read from now on, and named `name`: what keeps it open is given back, and had again for each read.
  /// There may be thousands of such files.
  virtual void rest(const std::string& /*name*/) {}
  /// It is kept open again, as it was before rest(): so before it is removed or gets another name, if
  /// somebody may still read it. Writing does this too.
  virtual Status wake() { return {}; }

 protected:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

/// The files of one folder, which holds no folders: the seam to where a region's files live. Local disk
/// (local_folder.h) and memory (memory_disk.h); a distributed store is a third. Any thread. Errors:
/// kUnavailable when there is no space, kInternal for the rest. Names are without '/'.
class Folder {
 public:
  virtual ~Folder() = default;

  virtual HomeTraits traits() const = 0;
  /// A new, empty file; an Error if the name is taken. The name is durable after sync().
  virtual Result<std::shared_ptr<File>> create(const std::string& name) = 0;
  virtual Result<std::shared_ptr<File>> open(const std::string& name) = 0;
  /// At once or not at all, also in a crash; replaces what has the name `to`. Durable after sync().
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& name) = 0;
  /// All names, sorted.
  virtual Result<std::vector<std::string>> list() const = 0;
  /// Makes the names durable, not what is in the files.
  virtual Status sync() = 0;
  virtual Result<std::uint64_t> free_bytes() const = 0;

 protected:
  Folder() = default;
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

/// All of `bytes` at `offset`; kCorruption if the file ends before.
Result<std::string> read_exactly(const File& file, std::uint64_t offset, std::size_t bytes);

}  // namespace gyre::files
