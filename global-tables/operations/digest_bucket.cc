// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/digest_bucket.h"

#include <utility>

#include "core/json/attribute_json.h"
#include "core/json/json_writer.h"
#include "global-tables/digest.h"
#include "global-tables/operations/table_reads.h"

namespace gyre::global_tables {
namespace {

Result<std::string> bucket_reply(storage::Store& store, const storage::TableEntry& table,
                                 std::uint64_t bucket) {
  ASSIGN_OR_RETURN(const std::vector<DigestItem> items, digest_bucket(store, table, bucket));
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().key("Items").begin_array();
  for (const DigestItem& item : items) {
    writer.begin_object().key("Keys");
    json::write_attribute_map(writer, item.keys);
    writer.member("VersionClock", std::to_string(item.version.clock));
    writer.member("VersionRegion", item.version.region.name()).end_object();
  }
  writer.end_array().end_object();
  return reply;
}

}  // namespace

Result<BucketOfTable> DigestBucket::parse(const api::RequestReader& request) const {
  ASSIGN_OR_RETURN(storage::TablePointer table, table_member(store_, request));
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> bucket, request.integer("Bucket"));
  return BucketOfTable{std::move(table), static_cast<std::uint64_t>(bucket.value_or(0))};
}

api::Intents DigestBucket::intents(const BucketOfTable& parsed) const {
  return {{"gyre:DigestBucket", api::Resource::of_table(parsed.table->schema.name)}};
}

void DigestBucket::execute(BucketOfTable parsed, const http::Request& request, http::Responder respond) {
  answer_from_read_pool(store_, request, std::move(respond), [this, parsed = std::move(parsed)] {
    return bucket_reply(store_, *parsed.table, parsed.bucket);
  });
}

}  // namespace gyre::global_tables
