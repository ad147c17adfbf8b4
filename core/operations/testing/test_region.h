// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/completion_sink.h"
#include "core/base/limits.h"
#include "core/http/router.h"
#include "core/model/replica_control.h"
#include "core/operations/capacity/collection_limit.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/message_style.h"
#include "core/storage/index_building.h"
#include "core/storage/store.h"

namespace gyre::operations {

/// JSON with sorted members and one spelling of numbers, so that equal replies are equal texts.
std::string normal_json(std::string_view json);

/// One region in memory, with the operations over it. Calls come from the test's thread and wait for their
/// reply; time stands still at 2026-11-21T08:15:30.123Z unless the test turns the clock.
class TestRegion {
 public:
  /// Without an `engine`: one in memory. `throttled`: tables are held to their capacity.
  explicit TestRegion(ReplicaControl* replicas = nullptr, std::unique_ptr<storage::Engine> engine = nullptr,
                      MessageStyle style = MessageStyle::kCurrent, bool throttled = false,
                      std::uint64_t collection_bytes_max = limits::kItemCollectionBytesMax);
  /// One that may have been there before.
  explicit TestRegion(storage::StoreHome home);
  ~TestRegion();

  /// Calls an operation by its name. The reply's JSON, or "error_code: message" and, if there are any, the
  /// error's members.
  std::string call(std::string_view operation, std::string_view body);
  /// The same; the reply must be `expected`, compared as JSON.
  void expect(std::string_view operation, std::string_view body, std::string_view expected);

  /// A table with the keys "pk" (S) and, with `sort_type`, "sk".
  void create_table(std::string_view name, std::string_view sort_type = {});
  /// Puts {"pk": {"S": pk}, ...more}.
  void put(std::string_view table, std::string_view item);

  /// Makes the table a global one, with a second replica in us-east-1 that is being created.
  void replicate(std::string_view table);

  /// From here on with AWS's waiting times (Dependencies::aws_timings).
  void use_aws_timings();
  /// From here on with counts as old as AWS's (Dependencies::stale_counts).
  void use_stale_counts();

  /// Who sees the intents of calls from here on; nullptr: nobody.
  void observe_intents(api::IntentObserver* observer) { intents_ = observer; }

  /// One step of each index that has something to do in the background; false if none has.
  bool step_indexes();
  /// Finishes them.
  void build_indexes();

  storage::Store& store() { return *store_; }
  ManualClock& clock() { return clock_; }
  http::Router& router() { return router_; }

 private:
  TestRegion(ReplicaControl* replicas, storage::StoreHome home, MessageStyle style, bool throttled,
             std::uint64_t collection_bytes_max);
  ManualClock clock_{1'795'248'930'123};
  Throttle throttle_{clock_, RegionId("eu-west-1")};
  InlineSink sink_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<CollectionLimit> collections_;
  std::unique_ptr<storage::Upkeep> index_builder_;
  ReplicaControl* const replicas_;
  const MessageStyle style_;
  http::Router router_;
  api::IntentObserver* intents_ = nullptr;
};

/// The reply of Query or Scan, as far as tests ask.
struct Page {
  std::vector<std::string> items;  // normal JSON
  std::int64_t count = 0;
  std::int64_t scanned = 0;
  std::optional<std::string> last_key;
};
Page read_page(TestRegion& region, std::string_view operation, const std::string& body);
/// All items, page after page of at most `limit`; 0 = no limit. `members` are those of the request, without
/// braces.
std::vector<std::string> read_all(TestRegion& region, std::string_view operation, const std::string& members,
                                  std::size_t limit);

/// One row of a table of requests and their exact answers.
struct RequestCase {
  std::string_view operation;
  std::string_view body;
  std::string_view answer;
};

}  // namespace gyre::operations
