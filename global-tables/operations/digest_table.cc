// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/digest_table.h"

#include <fmt/core.h>

#include "core/json/json_writer.h"
#include "global-tables/digest.h"
#include "global-tables/operations/table_reads.h"

namespace gyre::global_tables {
namespace {

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

Result<std::string> digest_reply(storage::Store& store, const storage::TableEntry& table) {
  ASSIGN_OR_RETURN(const TableDigest digest, digest_table(store, table));
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().member("Root", hash_text(digest.root));
  writer.key("ItemCount").unsigned_integer(digest.item_count);
  writer.member("Sequence", storage::sequence_text(digest.sequence));
  writer.key("Buckets").begin_array();
  for (std::size_t bucket = 0; bucket < digest.buckets.size(); ++bucket) {
    if (digest.buckets[bucket] == 0) continue;
    writer.begin_array().unsigned_integer(bucket).plain_string(hash_text(digest.buckets[bucket])).end_array();
  }
  writer.end_array().end_object();
  return reply;
}

}  // namespace

Result<storage::TablePointer> DigestTable::parse(const api::RequestReader& request) const {
  return table_member(store_, request);
}

api::Intents DigestTable::intents(const storage::TablePointer& table) const {
  return {{"gyre:DigestTable", api::Resource::of_table(table->schema.name)}};
}

void DigestTable::execute(storage::TablePointer table, const http::Request& request,
                          http::Responder respond) {
  answer_from_read_pool(store_, request, std::move(respond),
                        [this, table = std::move(table)] { return digest_reply(store_, *table); });
}

}  // namespace gyre::global_tables
