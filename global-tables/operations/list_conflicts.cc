// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/list_conflicts.h"

#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/json/json_writer.h"
#include "core/storage/read_view.h"
#include "global-tables/operations/table_reads.h"

namespace gyre::global_tables {
namespace {

constexpr std::int64_t kDefaultLimit = 100;

Status write_side(json::Writer& writer, std::string_view name, const Version& version,
                  std::string_view image) {
  writer.key(name).begin_object();
  writer.member("VersionClock", std::to_string(version.clock)).member("VersionRegion", version.region.name());
  if (!image.empty()) {
    writer.key("Image");
    RETURN_IF_ERROR(json::write_encoded_item(writer, image));
  }
  writer.end_object();
  return {};
}

Status write_conflict(json::Writer& writer, const storage::CatalogSnapshot& catalog,
                      const storage::Conflict& conflict) {
  const storage::TablePointer table = catalog.find(conflict.table);
  writer.begin_object().member("TableName", table != nullptr ? table->schema.name : "");
  writer.member("SequenceNumber", storage::sequence_text(conflict.sequence));
  writer.key("FoundMs").unsigned_integer(hybrid_to_ms(conflict.commit_time));
  writer.key("Keys");
  RETURN_IF_ERROR(json::write_encoded_item(writer, conflict.keys));
  RETURN_IF_ERROR(write_side(writer, "Winner", conflict.winner, conflict.winner_image));
  RETURN_IF_ERROR(write_side(writer, "Loser", conflict.loser, conflict.loser_image));
  writer.end_object();
  return {};
}

Result<std::string> page_reply(storage::Store& store, const ConflictsPage& page) {
  const auto catalog = store.catalog().snapshot();
  const std::optional<TableId> table =
      page.table != nullptr ? std::optional(page.table->schema.id) : std::nullopt;
  ASSIGN_OR_RETURN(const storage::ConflictsRead read,
                   store.reads().conflicts(table, page.start, page.limit, limits::kPageBytesMax));
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().key("Conflicts").begin_array();
  for (const storage::Conflict& conflict : read.conflicts) {
    RETURN_IF_ERROR(write_conflict(writer, *catalog, conflict));
  }
  writer.end_array();
  if (!read.next.empty()) writer.member("Next", base64(read.next));
  writer.end_object();
  return reply;
}

}  // namespace

Result<ConflictsPage> ListConflicts::parse(const api::RequestReader& request) const {
  ConflictsPage page;
  if (request.has("TableName")) {
    ASSIGN_OR_RETURN(page.table, table_member(store_, request));
  }
  ASSIGN_OR_RETURN(const std::optional<std::string_view> start, request.string("Start"));
  if (start) {
    ASSIGN_OR_RETURN(page.start, decode_base64(*start));
  }
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> limit, request.integer("Limit"));
  page.limit = static_cast<std::uint64_t>(limit.value_or(kDefaultLimit));
  return page;
}

api::Intents ListConflicts::intents(const ConflictsPage& page) const {
  const api::Resource of =
      page.table != nullptr ? api::Resource::of_table(page.table->schema.name) : api::Resource::any();
  return {{"gyre:ListConflicts", of}};
}

void ListConflicts::execute(ConflictsPage page, const http::Request& request, http::Responder respond) {
  answer_from_read_pool(store_, request, std::move(respond),
                        [this, page = std::move(page)] { return page_reply(store_, page); });
}

}  // namespace gyre::global_tables
