// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "cli/admin.h"
#include "cli/exit_codes.h"
#include "cli/region_calls.h"
#include "core/json/json_copy.h"

namespace gyre::cli {
namespace {

using Bucket = std::uint64_t;

/// What one region holds of the table, by buckets of the key hash.
struct Digest {
  RegionEntry region;
  std::string root;
  std::uint64_t item_count = 0;
  std::map<Bucket, std::string> buckets;
};

/// A key, as DynamoDB JSON -> for each region that has it, its version.
using Versions = std::map<std::string, std::map<std::string, std::string>>;

constexpr std::size_t kKeysShown = 100;
constexpr auto kPause = std::chrono::milliseconds(200);

std::string table_body(const std::string& table, const Bucket* bucket = nullptr) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().member("TableName", table);
  if (bucket != nullptr) writer.key("Bucket").unsigned_integer(*bucket);
  writer.end_object();
  return body;
}

Result<Digest> read_digest(const RegionEntry& region, const std::string& table) {
  ASSIGN_OR_RETURN(const std::string reply, call_region(region, "Gyre.DigestTable", table_body(table)));
  ReplyReader reader;
  ASSIGN_OR_RETURN(const json::Value root, reader.read(reply));
  Digest digest{region, text_member(root, "Root"), 0, {}};
  digest.item_count = static_cast<std::uint64_t>(number_member(root, "ItemCount"));
  const auto buckets = root.find("Buckets");
  if (!buckets) return Error::internal(fmt::format("{}: a digest without buckets", region.region.name()));
  RETURN_IF_ERROR(buckets->for_each_element([&](json::Value pair) -> Status {
    json::ElementCursor cursor(pair);
    const Bucket bucket = static_cast<Bucket>(cursor.value().as_int().value_or(0));
    cursor.advance();
    digest.buckets[bucket] = std::string(cursor.value().as_string());
    return {};
  }));
  return digest;
}

/// The digests of all regions that hold the table.
Result<std::vector<Digest>> read_digests(const std::vector<RegionEntry>& regions, const std::string& table) {
  std::vector<Digest> digests;
  for (const RegionEntry& region : regions) {
    auto digest = read_digest(region, table);
    if (digest.ok()) {
      digests.push_back(*std::move(digest));
    } else if (digest.error().code != ErrorCode::kResourceNotFound) {
      return std::move(digest).error();
    }
  }
  if (digests.empty()) return Error::validation(fmt::format("no region holds a table '{}'", table));
  return digests;
}

std::set<Bucket> differing_buckets(const std::vector<Digest>& digests) {
  std::set<Bucket> all;
  for (const Digest& digest : digests) {
    for (const auto& [bucket, hash] : digest.buckets) all.insert(bucket);
  }
  const auto hash_in = [](const Digest& digest, Bucket bucket) {
    const auto found = digest.buckets.find(bucket);
    return found == digest.buckets.end() ? std::string() : found->second;
  };
  std::erase_if(all, [&](Bucket bucket) {
    const std::string first = hash_in(digests.front(), bucket);
    return std::all_of(digests.begin(), digests.end(),
                       [&](const Digest& d) { return hash_in(d, bucket) == first; });
  });
  return all;
}

Status read_bucket(const RegionEntry& region, const std::string& table, Bucket bucket, Versions& versions) {
  ASSIGN_OR_RETURN(const std::string reply,
                   call_region(region, "Gyre.DigestBucket", table_body(table, &bucket)));
  ReplyReader reader;
  ASSIGN_OR_RETURN(const json::Value root, reader.read(reply));
  const auto items = root.find("Items");
  if (!items) return {};
  return items->for_each_element([&](json::Value item) -> Status {
    std::string key;
    json::Writer writer(key);
    if (const auto keys = item.find("Keys")) json::copy(writer, *keys);
    versions[key][region.region.name()] =
        fmt::format("{} of {}", text_member(item, "VersionClock"), text_member(item, "VersionRegion"));
    return {};
  });
}

/// The keys of some buckets that are not the same everywhere, with their versions.
Result<std::map<std::string, std::pair<Bucket, std::map<std::string, std::string>>>> differing_keys(
    const std::vector<Digest>& digests, const std::string& table, const std::set<Bucket>& buckets) {
  std::map<std::string, std::pair<Bucket, std::map<std::string, std::string>>> differing;
  for (const Bucket bucket : buckets) {
    Versions versions;
    for (const Digest& digest : digests) RETURN_IF_ERROR(read_bucket(digest.region, table, bucket, versions));
    for (auto& [key, by_region] : versions) {
      bool same = by_region.size() == digests.size();
      for (const auto& [region, version] : by_region) same = same && version == by_region.begin()->second;
      if (!same) differing.emplace(key, std::pair(bucket, std::move(by_region)));
    }
  }
  return differing;
}

void print_same(const AdminOptions& options, const std::string& table, const std::vector<Digest>& digests) {
  std::string names;
  for (const Digest& digest : digests) names += (names.empty() ? "" : ", ") + digest.region.region.name();
  if (options.json) {
    fmt::print("{{\"table\":\"{}\",\"same\":true,\"regions\":{},\"items\":{},\"root\":\"{}\"}}\n", table,
               digests.size(), digests.front().item_count, digests.front().root);
  } else {
    fmt::print("{}: {} hold{} the same {} items\n", table, names, digests.size() == 1 ? "s" : "",
               digests.front().item_count);
  }
}

void print_difference(const AdminOptions& options, const std::string& key, const std::vector<Digest>& digests,
                      const std::map<std::string, std::string>& versions) {
  if (options.json) {
    std::string line = fmt::format("{{\"same\":false,\"keys\":{},\"versions\":{{", key);
    for (const auto& [region, version] : versions) {
      line += fmt::format("{}\"{}\":\"{}\"", line.ends_with('{') ? "" : ",", region, version);
    }
    fmt::print("{}}}}}\n", line);
    return;
  }
  fmt::print("{}\n", key);
  for (const Digest& digest : digests) {
    const auto version = versions.find(digest.region.region.name());
    fmt::print("  {:<16} {}\n", digest.region.region.name(),
               version == versions.end() ? "missing" : "version " + version->second);
  }
}

/// Looks at what differs again and again: a key counts as the same once it was seen so. Answers the exit
/// code.
Result<int> verify(const AdminOptions& options, const VerifyCommand& command) {
  ASSIGN_OR_RETURN(const std::vector<RegionEntry> regions, regions_of(options));
  ASSIGN_OR_RETURN(const std::vector<Digest> digests, read_digests(regions, command.table));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(command.wait_s);
  ASSIGN_OR_RETURN(auto pending, differing_keys(digests, command.table, differing_buckets(digests)));
  while (!pending.empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kPause);
    std::set<Bucket> buckets;
    for (const auto& [key, difference] : pending) buckets.insert(difference.first);
    ASSIGN_OR_RETURN(auto again, differing_keys(digests, command.table, buckets));
    std::erase_if(again, [&](const auto& entry) { return !pending.contains(entry.first); });
    pending = std::move(again);
  }
  if (pending.empty()) {
    ASSIGN_OR_RETURN(const std::vector<Digest> now, read_digests(regions, command.table));
    print_same(options, command.table, now);
    return kExitDone;
  }
  if (!options.json) fmt::print("{}: {} keys differ\n", command.table, pending.size());
  std::size_t shown = 0;
  for (const auto& [key, difference] : pending) {
    if (++shown > kKeysShown) break;
    print_difference(options, key, digests, difference.second);
  }
  return kExitFinding;
}

}  // namespace

int run_verify(const AdminOptions& options, const VerifyCommand& command) {
  const Result<int> code = verify(options, command);
  return code.ok() ? *code : fail(code.error());
}

}  // namespace gyre::cli
