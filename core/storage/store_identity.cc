// SPDX-License-Identifier: Apache-2.0
#include "core/storage/store_identity.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/log/segment_format.h"

namespace gyre::storage {
namespace {

constexpr std::string_view kMagic = "gyre.idn";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kBytesMax = 4096;
constexpr const char* kName = "identity";
constexpr const char* kNewName = "identity.new";

Error damaged(const std::string& reason) {
  return Error::corruption("the store's file \"identity\" is damaged: " + reason);
}

Result<bool> has_file(const files::Folder& folder, const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, folder.list());
  return std::binary_search(names.begin(), names.end(), name);
}

// Another identity would make what is there another store's.
Status check_is_new(const files::Folder& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, folder.list());
  for (const std::string& name : names) {
    if (log::segment_number(name)) {
      return Error::corruption("the log has segments, but its file \"identity\" is missing");
    }
  }
  return {};
}

Result<StoreIdentity> read_identity(files::Folder& folder) {
  ASSIGN_OR_RETURN(const std::shared_ptr<files::File> file, folder.open(kName));
  ASSIGN_OR_RETURN(const std::uint64_t bytes, file->size());
  if (bytes > kBytesMax) return damaged("it is too long");
  ASSIGN_OR_RETURN(const std::string text, files::read_exactly(*file, 0, bytes));
  return decode_identity(text);
}

// The old one or the new one, never a part of one.
Status write_identity(files::Folder& folder, const StoreIdentity& identity) {
  ASSIGN_OR_RETURN(const bool is_left_over, has_file(folder, kNewName));
  if (is_left_over) RETURN_IF_ERROR(folder.remove(kNewName));
  ASSIGN_OR_RETURN(const std::shared_ptr<files::File> file, folder.create(kNewName));
  RETURN_IF_ERROR(file->write(0, encode_identity(identity)));
  RETURN_IF_ERROR(file->sync());
  RETURN_IF_ERROR(folder.rename(kNewName, kName));
  return folder.sync();
}

}  // namespace

std::string encode_identity(const StoreIdentity& identity) {
  std::string bytes(kMagic);
  append_u8(bytes, kFormat);
  append_u64_be(bytes, identity.epoch.value());
  append_u64_be(bytes, identity.incarnation.value());
  append_u64_be(bytes, identity.term.value());
  append_sized(bytes, identity.region.name());
  append_u64_be(bytes, hash64(bytes));
  return bytes;
}

Result<StoreIdentity> decode_identity(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return damaged("it does not begin as one");
  ByteReader reader(bytes.substr(kMagic.size()));
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  if (format != kFormat) return damaged("its format is unknown");
  StoreIdentity identity;
  ASSIGN_OR_RETURN(const std::uint64_t epoch, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t incarnation, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t term, reader.u64_be());
  ASSIGN_OR_RETURN(const std::string_view region, reader.sized());
  const std::string_view covered = bytes.substr(0, bytes.size() - reader.rest().size());
  ASSIGN_OR_RETURN(const std::uint64_t checksum, reader.u64_be());
  if (!reader.at_end() || checksum != hash64(covered)) return damaged("its checksum is wrong");
  if (incarnation == 0 || term == 0 || region.empty()) return damaged("a part is empty");
  identity.epoch = Epoch(epoch);
  identity.incarnation = log::LogIncarnation(incarnation);
  identity.term = log::Term(term);
  identity.region = RegionId(std::string(region));
  return identity;
}

Result<bool> has_identity(const files::Folder& folder) {
  return has_file(folder, kName);
}

Result<StoreIdentity> begin_term(files::Folder& folder, const RegionId& region,
                                 const std::function<std::uint64_t()>& random) {
  StoreIdentity identity;
  const auto draw = [&random] { return std::max<std::uint64_t>(random(), 1); };  // 0 means any
  ASSIGN_OR_RETURN(const bool is_old, has_identity(folder));
  if (is_old) {
    ASSIGN_OR_RETURN(identity, read_identity(folder));
    if (identity.region != region) {
      return Error::validation("the store belongs to region " + identity.region.name() + ", not to " +
                               region.name());
    }
  } else {
    RETURN_IF_ERROR(check_is_new(folder));
    identity.region = region;
    identity.incarnation = log::LogIncarnation(draw());
  }
  if (identity.epoch == Epoch()) identity.epoch = Epoch(draw());
  identity.term = log::Term(identity.term.value() + 1);
  RETURN_IF_ERROR(write_identity(folder, identity));
  return identity;
}

Status begin_copy(files::Folder& from, files::Folder& to) {
  ASSIGN_OR_RETURN(StoreIdentity identity, read_identity(from));
  identity.epoch = {};
  return write_identity(to, identity);
}

}  // namespace gyre::storage
