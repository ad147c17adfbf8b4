// SPDX-License-Identifier: Apache-2.0
#include "core/operations/transactions/transaction_read.h"

#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/items/distinct_items.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

// An item of which nothing is wanted is not named: AWS answers as if there were none, other than GetItem.
Status write_item(std::string_view image, const TransactionGet& get, json::Writer& writer) {
  if (!get.projection && !get.columns) {
    writer.key("Item");
    return json::write_encoded_item(writer, image);
  }
  ASSIGN_OR_RETURN(const Item item, decode_item(image));
  const Item wanted = get.columns ? get.columns->apply(item) : get.projection->apply(item);
  if (wanted.empty()) return {};
  writer.key("Item");
  json::write_attribute_map(writer, wanted);
  return {};
}

/// Answers DynamoDB's size of the whole item: 0 if there is none.
Result<std::uint64_t> read_one(storage::Iterator& rows, const TransactionGet& get, json::Writer& writer) {
  rows.seek(get.row);
  RETURN_IF_ERROR(rows.status());
  writer.begin_object();
  std::uint64_t bytes = 0;
  if (rows.valid() && rows.key() == get.row) {
    ASSIGN_OR_RETURN(const storage::StoredImage stored, storage::stored_image(rows.value()));
    bytes = stored.dynamodb_bytes;
    RETURN_IF_ERROR(write_item(stored.image, get, writer));
  }
  writer.end_object();
  return bytes;
}

}  // namespace

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

Result<std::string> TransactionRead::read(storage::ReadTier tier) const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("Responses").begin_array();
  const std::shared_ptr<const storage::Snapshot> snapshot = engine_.snapshot();
  const std::unique_ptr<storage::Iterator> rows = engine_.iterate(
      storage::Family::kItems, {.lower = {}, .upper = {}, .tier = tier, .snapshot = snapshot.get()});
  ConsumedCapacity consumed(capacity_, CapacityPrice::kTransactionRead);
  std::uint64_t total_bytes = 0;
  std::vector<double> units;
  for (const TransactionGet& get : gets_) {
    ASSIGN_OR_RETURN(const std::uint64_t bytes, read_one(*rows, get, writer));
    consumed.add(get.table, read_units(bytes, true));
    if (get.meter.is_on()) units.push_back(kTransactionPrice * read_units(bytes, true));
    total_bytes += bytes;
    RETURN_IF_ERROR(check_transaction_bytes(total_bytes));
  }
  writer.end_array();
  // Now that nothing can be incomplete any more.
  for (std::size_t i = 0; i < units.size(); ++i) gets_[i].meter.consume(units[i]);
  consumed.write_list(writer);
  writer.end_object();
  return out;
}

}  // namespace gyre::operations
