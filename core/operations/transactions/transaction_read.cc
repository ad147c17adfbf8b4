// SPDX-License-Identifier: Apache-2.0
#include "core/operations/transactions/transaction_read.h"

#include <algorithm>
#include <span>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/items/distinct_items.h"

namespace gyre::operations {
namespace {

// An item of which nothing is wanted is not named: AWS answers as if there were none, other than GetItem.
Status write_item(std::string_view image, const TransactionGet& get, json::Writer& writer, Work& work) {
  if (!get.projection && !get.columns) {
    writer.key("Item");
    return json::write_encoded_item(writer, image, work);
  }
  work.add(limits::kWrittenByteUnits * image.size());
  if (work.used_up()) return too_much_work();
  ASSIGN_OR_RETURN(const Item item, decode_item(image, work));
  const Item wanted = get.columns ? get.columns->apply(item) : get.projection->apply(item);
  if (wanted.empty()) return {};
  writer.key("Item");
  json::write_attribute_map(writer, wanted);
  return {};
}

/// Answers DynamoDB's size of the whole item: 0 if there is none.
Result<std::uint64_t> answer_one(const std::optional<storage::FoundItem>& found, const TransactionGet& get,
                                 json::Writer& writer, Work& work) {
  writer.begin_object();
  std::uint64_t bytes = 0;
  if (found) {
    bytes = found->dynamodb_bytes();
    RETURN_IF_ERROR(write_item(found->image(), get, writer, work));
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

struct TransactionRead::Progress {
  Progress(storage::ReadMoment moment_in, CapacityDetail capacity)
      : moment(std::move(moment_in)), consumed(capacity, CapacityPrice::kTransactionRead) {}

  storage::ReadMoment moment;
  std::string out;
  json::Writer writer{out};
  ConsumedCapacity consumed;
  std::uint64_t bytes = 0;    ///< of the items that are answered, whole
  std::vector<double> units;  ///< that each has cost, in a table that is held to its capacity
  std::size_t done = 0;       ///< how many are answered
  std::size_t at_once = limits::kPointReadsAtOnce;
};

TransactionRead::TransactionRead(const storage::ReadView& reads, std::vector<TransactionGet> gets,
                                 CapacityDetail capacity)
    : reads_(reads), gets_(std::move(gets)), capacity_(capacity) {}
TransactionRead::~TransactionRead() = default;

Result<std::string> TransactionRead::read(ReadSlice& slice) {
  std::unique_ptr<Progress> progress = std::move(progress_);
  if (progress == nullptr) {
    progress = std::make_unique<Progress>(reads_.moment(), capacity_);
    progress->writer.begin_object().key("Responses").begin_array();
  }
  Result<std::string> reply = go_on(*progress, slice);
  if (slice.goes_on(reply)) progress_ = std::move(progress);
  return reply;
}

Result<std::string> TransactionRead::go_on(Progress& progress, ReadSlice& slice) const {
  while (progress.done < gets_.size()) {
    if (slice.is_over()) return too_much_work();
    RETURN_IF_ERROR(read_some(progress, slice));
  }
  progress.writer.end_array();
  // Now that nothing can be incomplete any more.
  std::size_t paid = 0;
  for (const TransactionGet& get : gets_) {
    if (get.meter.is_on()) get.meter.consume(progress.units[paid++]);
  }
  progress.consumed.write_list(progress.writer);
  progress.writer.end_object();
  return std::move(progress.out);
}

// Point reads, which a row that is not there costs next to nothing, some at a time: what is too much in all
// is noticed before all of it is in memory. Of large items fewer: what the slice does not do for is read
// again.
Status TransactionRead::read_some(Progress& progress, ReadSlice& slice) const {
  const std::size_t before = progress.done;
  const auto gets = std::span(gets_).subspan(before).first(std::min(progress.at_once, gets_.size() - before));
  std::vector<const storage::ItemRow*> rows;
  for (const TransactionGet& get : gets) rows.push_back(&get.row);
  const std::vector<storage::ItemReading> found = reads_.items_at(progress.moment, rows, slice.tier());
  for (std::size_t i = 0; i < gets.size(); ++i) {
    if (!found[i].ok()) return found[i].error();
    if (slice.is_over()) {
      progress.at_once = std::max<std::size_t>(i, 1);
      return {};
    }
    slice.work().add(limits::kRowUnits);
    ASSIGN_OR_RETURN(const std::uint64_t bytes,
                     answer_one(*found[i], gets[i], progress.writer, slice.work()));
    progress.consumed.add(gets[i].table, read_units(bytes, true));
    if (gets[i].meter.is_on()) progress.units.push_back(kTransactionPrice * read_units(bytes, true));
    progress.bytes += bytes;
    ++progress.done;
    RETURN_IF_ERROR(check_transaction_bytes(progress.bytes));
  }
  return {};
}

}  // namespace gyre::operations
