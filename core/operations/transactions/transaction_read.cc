// SPDX-License-Identifier: Apache-2.0
#include "core/operations/transactions/transaction_read.h"

#include <algorithm>
#include <span>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/items/distinct_items.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

// An item of which nothing is wanted is not named: AWS answers as if there were none, other than GetItem.
Status write_item(std::string_view image, const TransactionGet& get, json::Writer& writer, Work& work) {
  if (!get.projection && !get.columns) {
    writer.key("Item");
    return json::write_encoded_item(writer, image);
  }
  ASSIGN_OR_RETURN(const Item item, decode_item(image, work));
  const Item wanted = get.columns ? get.columns->apply(item) : get.projection->apply(item);
  if (wanted.empty()) return {};
  writer.key("Item");
  json::write_attribute_map(writer, wanted);
  return {};
}

/// Answers DynamoDB's size of the whole item: 0 if there is none.
Result<std::uint64_t> answer_one(const std::optional<storage::EngineValue>& found, const TransactionGet& get,
                                 json::Writer& writer, Work& work) {
  writer.begin_object();
  std::uint64_t bytes = 0;
  if (found) {
    ASSIGN_OR_RETURN(const storage::StoredImage stored, storage::stored_image(found->view()));
    bytes = stored.dynamodb_bytes;
    work.add(limits::kWrittenByteUnits * stored.image.size());
    if (work.used_up()) return too_much_work();
    RETURN_IF_ERROR(write_item(stored.image, get, writer, work));
  }
  writer.end_object();
  return bytes;
}

}  // namespace

Intents intents_of(std::string_view action, const std::vector<TransactionGet>& gets) {
  Intents intents;
  for (const TransactionGet& get : gets) {
    ItemIntent intent(action, get.entry->schema);
    intent.row(get.row);
    if (get.projection) {
      intent.names(get.projection->attribute_names());
    } else if (get.columns) {
      intent.names(get.columns->attribute_names());
    } else {
      intent.all_attributes();
    }
    intents.push_back(std::move(intent).finish());
  }
  return intents;
}

Status check_distinct(const std::vector<TransactionGet>& gets) {
  DistinctItems items(kRepeatedActions);
  for (const TransactionGet& get : gets) RETURN_IF_ERROR(items.add(get.row));
  return {};
}

Status admit_all(const std::vector<TransactionGet>& gets) {
  Cancellation cancellation;
  for (const TransactionGet& get : gets) cancellation.note_admission(get.meter.admit());
  return cancellation.check();
}

Result<std::string> TransactionRead::read(ReadSlice& slice) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("Responses").begin_array();
  const std::shared_ptr<const storage::Snapshot> snapshot = engine_.snapshot();
  ConsumedCapacity consumed(capacity_, CapacityPrice::kTransactionRead);
  std::uint64_t total_bytes = 0;
  std::vector<double> units;
  // Point reads, which a row that is not there costs next to nothing, some at a time: what is too much in all
  // is noticed before all of it is in memory.
  for (std::size_t first = 0; first < gets_.size(); first += limits::kPointReadsAtOnce) {
    const auto gets =
        std::span(gets_).subspan(first).first(std::min(limits::kPointReadsAtOnce, gets_.size() - first));
    std::vector<std::string> rows;
    for (const TransactionGet& get : gets) rows.push_back(get.row);
    const auto found = engine_.multi_get(storage::Family::kItems, rows, slice.tier(), snapshot.get());
    slice.work().add(limits::kRowUnits * gets.size());
    for (std::size_t i = 0; i < gets.size(); ++i) {
      if (!found[i].ok()) return found[i].error();
      ASSIGN_OR_RETURN(const std::uint64_t bytes, answer_one(*found[i], gets[i], writer, slice.work()));
      consumed.add(gets[i].table, read_units(bytes, true));
      if (gets[i].meter.is_on()) units.push_back(kTransactionPrice * read_units(bytes, true));
      total_bytes += bytes;
      RETURN_IF_ERROR(check_transaction_bytes(total_bytes));
    }
  }
  writer.end_array();
  // Now that nothing can be incomplete any more.
  for (std::size_t i = 0; i < units.size(); ++i) gets_[i].meter.consume(units[i]);
  consumed.write_list(writer);
  writer.end_object();
  return out;
}

}  // namespace gyre::operations
