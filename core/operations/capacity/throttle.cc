// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/throttle.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "core/base/limits.h"
#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

constexpr std::uint64_t kBillion = 1'000'000'000;
constexpr std::uint64_t kBurstNs = limits::kBurstSeconds * kBillion;
// Far above any quota; what a full bucket holds fits into 63 bits.
constexpr std::uint64_t kLimitMax = 10'000'000;
static_assert(kLimitMax < (std::uint64_t{1} << 63) / kBurstNs);

// Units a second; nothing if there is no limit.
std::optional<std::uint64_t> limit_of(BillingMode mode, const ProvisionedThroughput& throughput,
                                      const OnDemandThroughput& caps, CapacityKind kind) {
  const bool reads = kind == CapacityKind::kRead;
  if (mode == BillingMode::kProvisioned) return reads ? throughput.read_units : throughput.write_units;
  return reads ? caps.read_units_max : caps.write_units_max;
}

// "TableWriteProvisionedThroughputExceeded"
std::string reason_of(bool is_index, CapacityKind kind, BillingMode mode) {
  return fmt::format(
      "{}{}{}", is_index ? "Index" : "Table", kind == CapacityKind::kRead ? "Read" : "Write",
      mode == BillingMode::kProvisioned ? "ProvisionedThroughputExceeded" : "MaxOnDemandThroughputExceeded");
}

// A local index is paid by its table.
const IndexSchema* payer(const IndexSchema* index) {
  return index != nullptr && index->local ? nullptr : index;
}

}  // namespace

Throttle::Bucket* Throttle::bucket_of(const TableSchema& table, const IndexSchema* index, CapacityKind kind) {
  const std::optional<std::uint64_t> limit =
      index != nullptr ? limit_of(table.billing_mode, index->throughput, index->on_demand, kind)
                       : limit_of(table.billing_mode, table.throughput, table.on_demand, kind);
  const BucketKey key{table.id, index != nullptr ? index->id : IndexId(), kind};
  if (!limit) {
    buckets_.erase(key);
    return nullptr;
  }
  const std::uint64_t now_ns = clock_.steady_ns();
  const std::uint64_t rate = std::min(*limit, kLimitMax);
  const auto full = static_cast<std::int64_t>(rate * kBurstNs);
  const auto [at, is_new] = buckets_.try_emplace(key, Bucket{full, now_ns});
  if (is_new && buckets_.size() > limits::kThrottleBucketsMax) forget_idle(now_ns);
  Bucket& bucket = at->second;
  // A unit a second is a billionth in each nanosecond.
  __extension__ using Wide = __int128;
  const Wide filled = bucket.billionths + Wide{rate} * (now_ns - bucket.filled_ns);
  bucket.billionths = static_cast<std::int64_t>(std::min<Wide>(full, filled));
  bucket.filled_ns = now_ns;
  return &bucket;
}

// A bucket that was not touched for so long is full again, as a new one is; or its table is gone.
void Throttle::forget_idle(std::uint64_t now_ns) {
  std::erase_if(buckets_,
                [now_ns](const auto& entry) { return now_ns - entry.second.filled_ns >= kBurstNs; });
}

bool Throttle::is_empty(const TableSchema& table, const IndexSchema* index, CapacityKind kind) {
  const Bucket* bucket = bucket_of(table, index, kind);
  return bucket != nullptr && bucket->billionths <= 0;
}

Status Throttle::admit(const TableSchema& table, const IndexSchema* index, CapacityKind kind) {
  std::vector<const IndexSchema*> empty;
  const std::lock_guard lock(mutex_);
  if (is_empty(table, payer(index), kind)) empty.push_back(payer(index));
  if (kind == CapacityKind::kWrite) {
    for (const IndexSchema& written : table.indexes) {
      if (!written.local && is_empty(table, &written, kind)) empty.push_back(&written);
    }
  }
  return empty.empty() ? Status() : refusal(table, empty, kind);
}

void Throttle::consume(const TableSchema& table, const IndexSchema* index, CapacityKind kind, double units) {
  const std::lock_guard lock(mutex_);
  if (Bucket* bucket = bucket_of(table, payer(index), kind)) {
    bucket->billionths -= std::llround(units * static_cast<double>(kBillion));
  }
}

Error Throttle::refusal(const TableSchema& table, const std::vector<const IndexSchema*>& empty,
                        CapacityKind kind) const {
  std::string reasons;
  json::Writer writer(reasons);
  writer.begin_array();
  for (const IndexSchema* index : empty) {
    const std::string resource =
        index == nullptr ? table_arn(region_, table.name) : index_arn(region_, table.name, index->name);
    writer.begin_object().member("reason", reason_of(index != nullptr, kind, table.billing_mode));
    writer.member("resource", resource).end_object();
  }
  writer.end_array();
  // AWS spells the member differently in its two errors.
  if (table.billing_mode == BillingMode::kPayPerRequest) {
    Error error(ErrorCode::kThrottled,
                "Throughput exceeds the maximum OnDemandThroughput configured on table or index");
    error.reply_members = "\"throttlingReasons\":" + reasons;
    return error;
  }
  Error error(ErrorCode::kThroughputExceeded,
              empty.front() == nullptr
                  ? "The level of configured provisioned throughput for the table was exceeded. Consider "
                    "increasing your provisioning level with the UpdateTable API."
                  : "The level of configured provisioned throughput for one or more global secondary indexes "
                    "of the table was exceeded. Consider increasing your provisioning level for the "
                    "under-provisioned global secondary indexes with the UpdateTable API");
  error.reply_members = "\"ThrottlingReasons\":" + reasons;
  return error;
}

Meter::Meter(Throttle* throttle, storage::TablePointer table, const IndexSchema* index, CapacityKind kind)
    : throttle_(throttle), index_(index), kind_(kind) {
  if (throttle_ != nullptr) table_ = std::move(table);
}

Status Meter::admit() const {
  return is_on() ? throttle_->admit(table_->schema, index_, kind_) : Status();
}

void Meter::consume(double units) const {
  if (is_on()) throttle_->consume(table_->schema, index_, kind_, units);
}

std::size_t Meter::admit_some(std::size_t count, double least) const {
  if (!is_on()) return count;
  std::size_t admitted = 0;
  while (admitted < count && admit().ok()) {
    consume(least);
    ++admitted;
  }
  return admitted;
}

void Meter::consume(const WriteCost& cost, double price) const {
  if (!is_on()) return;
  const TableSchema& table = table_->schema;
  consume(price * write_units(cost.old_bytes, cost.new_bytes));
  for (const storage::IndexWrite& write : cost.index_writes) {
    const IndexSchema* index = table.find_index(write.index);
    if (index != nullptr) throttle_->consume(table, index, kind_, index_units(write));
  }
}

}  // namespace gyre::operations
