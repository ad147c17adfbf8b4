// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/digest_bucket.h"

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

void DigestBucket::run(const http::Request& request, http::Responder respond) {
  Result<storage::TablePointer> table = table_member(store_, api::RequestReader(request.body));
  if (!table.ok()) return respond(std::move(table).error());
  const Result<std::optional<std::int64_t>> bucket = api::RequestReader(request.body).integer("Bucket");
  if (!bucket.ok()) return respond(bucket.error());
  answer_from_read_pool(store_, request, std::move(respond),
                        [this, table = *table, bucket = bucket->value_or(0)] {
                          return bucket_reply(store_, *table, static_cast<std::uint64_t>(bucket));
                        });
}

}  // namespace gyre::global_tables
