// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/storage/change_record.h"
#include "streams/transport/stream_server.h"

namespace gyre::consumers {

/// What a consumer is given at once: records of one shard, in order; or none, and the news that the shard has
/// ended.
struct Delivery {
  ShardId shard = {};
  std::string state = {};  ///< of this shard, as committed last
  bool redelivered = false;
  std::vector<storage::ChangeRecord> records = {};
  bool shard_end = false;
};

enum class FailureClass { kRetry, kReject, kFatal };

struct RecordFailure {
  SequenceNumber sequence = {};
  FailureClass failure = FailureClass::kRetry;
  std::string message = {};
};

/// What the consumer answers.
struct Outcome {
  std::optional<SequenceNumber> accepted_through = {};
  std::vector<RecordFailure> failures = {};
  std::optional<std::string> state = {};  ///< absent = as it was
  std::vector<streams::ConsumerWrite> writes = {};
  /// The call did not work; the rest of the outcome counts for nothing, and the same delivery is due again.
  bool call_failed = false;
};

/// Takes deliveries, one at a time. An Error means that the consumer broke its contract: it is stopped.
class BatchConsumer {
 public:
  virtual ~BatchConsumer() = default;
  virtual Result<Outcome> deliver(const Delivery& delivery) = 0;
};

/// What the host does with an outcome.
struct Verdict {
  enum class Next { kGoOn, kRetry, kStop };
  std::size_t accepted = 0;                  ///< records from the front of the delivery that are done
  std::vector<RecordFailure> rejected = {};  ///< among those accepted
  Next next = Next::kGoOn;                   ///< once these are committed
  std::string message = {};                  ///< of kRetry and kStop
};

/// Judges an outcome by the rules of plugin_abi.h. A rejected record that follows directly on what was
/// accepted counts as accepted. kValidation if the consumer broke the contract: it named neither progress nor
/// a failure, a sequence that is not in the delivery, or progress past a record that it wants again.
Result<Verdict> judge(const Delivery& delivery, const Outcome& outcome);

}  // namespace gyre::consumers
