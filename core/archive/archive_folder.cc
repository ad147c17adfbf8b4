// SPDX-License-Identifier: Apache-2.0
#include "core/archive/archive_folder.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "core/archive/layout.h"

namespace gyre::archive {
namespace {

Error read_only() {
  return Error::internal("an archive's segments do not change");
}

class ArchivedFile final : public files::File {
 public:
  ArchivedFile(objects::ObjectStore& store, objects::ObjectInfo object)
      : store_(store), object_(std::move(object)) {}

  Result<std::size_t> read(std::uint64_t offset, std::size_t bytes, char* into) const override {
    std::size_t done = 0;
    while (done < bytes && offset + done < object_.bytes) {
      const std::size_t wanted = std::min(bytes - done, objects::kObjectPieceBytesMax);
      ASSIGN_OR_RETURN(const std::string piece, store_.get(object_.key, offset + done, wanted));
      if (piece.empty()) break;
      CHECK(piece.size() <= wanted);
      std::memcpy(into + done, piece.data(), piece.size());
      done += piece.size();
    }
    return done;
  }
  void prefetch(std::uint64_t, std::uint64_t) const override {}
  Result<std::uint64_t> size() const override { return object_.bytes; }
  Result<std::uint64_t> link_count() const override { return std::uint64_t{1}; }
  Status write(std::uint64_t, std::string_view) override { return read_only(); }
  Status sync() override { return read_only(); }
  Status truncate(std::uint64_t) override { return read_only(); }

 private:
  objects::ObjectStore& store_;
  const objects::ObjectInfo object_;
};

class ArchiveFolder final : public files::Folder {
 public:
  explicit ArchiveFolder(objects::ObjectStore& store) : store_(store) {}

  files::HomeTraits traits() const override { return {.prewritten_space = false, .reads_are_durable = true}; }
  Result<std::shared_ptr<files::File>> open(const std::string& name) override {
    ASSIGN_OR_RETURN(objects::ObjectInfo object, store_.head(kSegmentsPrefix + name));
    return std::shared_ptr<files::File>(std::make_shared<ArchivedFile>(store_, std::move(object)));
  }
  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names;
    std::optional<std::string> after = "";
    while (after) {
      ASSIGN_OR_RETURN(const objects::ObjectPage page, store_.list(kSegmentsPrefix, *after));
      for (const auto& object : page.objects) names.push_back(object.key.substr(kSegmentsPrefix.size()));
      after = page.next;
    }
    return names;
  }
  Result<std::shared_ptr<files::File>> create(const std::string&) override { return read_only(); }
  Status rename(const std::string&, const std::string&) override { return read_only(); }
  Status remove(const std::string&) override { return read_only(); }
  Status sync() override { return read_only(); }
  Result<std::uint64_t> free_bytes() const override { return std::uint64_t{0}; }

 private:
  objects::ObjectStore& store_;
};

}  // namespace

std::unique_ptr<files::Folder> make_archive_folder(objects::ObjectStore& store) {
  return std::make_unique<ArchiveFolder>(store);
}

}  // namespace gyre::archive
