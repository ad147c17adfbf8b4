// SPDX-License-Identifier: Apache-2.0
#include "core/api/read_operation.h"

#include <utility>

#include "core/api/function_read.h"
#include "core/base/limits.h"

namespace gyre::api {
namespace {

bool is_unfinished(const Result<std::string>& reply) {
  return !reply.ok() && reply.error().code == ErrorCode::kIncomplete;
}

/// A read on its way through the pool, slice by slice. Shared, because tasks and completions are
/// std::functions, which must be copyable; one of them owns it at a time.
class PooledRead : public std::enable_shared_from_this<PooledRead> {
 public:
  PooledRead(storage::ReadPool& pool, CompletionSink& sink, std::unique_ptr<ReadRequest> read,
             http::Responder respond)
      : pool_(pool), sink_(sink), read_(std::move(read)), respond_(std::move(respond)) {}

  bool post(storage::ReadLane lane) {
    return pool_.post([self = shared_from_this(), lane] { self->run(lane); }, lane);
  }
  void answer(Result<std::string> reply) { respond_(std::move(reply)); }
  void refuse() {
    answer(Error(ErrorCode::kThrottled, "Too many reads are waiting for the disk; try again"));
  }

 private:
  void run(storage::ReadLane lane) {
    ReadSlice slice =
        lane == storage::ReadLane::kShort ? ReadSlice::of_short_read() : ReadSlice::of_long_read();
    reply_ = read_->read(slice);
    if (!is_unfinished(reply_)) {
      sink_.deliver({[self = shared_from_this()] { self->answer(std::move(self->reply_)); }});
    } else if (!post(storage::ReadLane::kLong)) {
      sink_.deliver({[self = shared_from_this()] { self->refuse(); }});
    }
  }

  storage::ReadPool& pool_;
  CompletionSink& sink_;
  std::unique_ptr<ReadRequest> read_;
  http::Responder respond_;
  Result<std::string> reply_ = std::string();
};

}  // namespace

ReadSlice ReadSlice::on_io_thread() {
  return {storage::ReadTier::kCache, limits::kSkippedRowsMax, Work(limits::kInlineReadUnits),
          limits::kInlineReadUnits};
}
ReadSlice ReadSlice::of_short_read() {
  // Twice: an ordinary row that the slice ends in is finished.
  return {storage::ReadTier::kAll, limits::kSkippedRowsMax, Work(2 * limits::kReadSliceUnits),
          limits::kReadSliceUnits};
}
ReadSlice ReadSlice::of_long_read() {
  return {storage::ReadTier::kAll, 0, Work(), limits::kReadSliceUnits};
}

namespace {

class FunctionRead final : public ReadRequest {
 public:
  explicit FunctionRead(std::function<Result<std::string>(storage::ReadTier)> function)
      : function_(std::move(function)) {}
  Result<std::string> read(ReadSlice& slice) override { return function_(slice.tier()); }

 private:
  std::function<Result<std::string>(storage::ReadTier)> function_;
};

}  // namespace

std::unique_ptr<ReadRequest> read_by(std::function<Result<std::string>(storage::ReadTier)> function) {
  return std::make_unique<FunctionRead>(std::move(function));
}

void run_read(storage::ReadPool& pool, CompletionSink& sink, std::unique_ptr<ReadRequest> read,
              http::Responder respond) {
  ReadSlice slice = ReadSlice::on_io_thread();
  Result<std::string> reply = read->read(slice);
  if (!is_unfinished(reply)) return respond(std::move(reply));
  const auto pooled = std::make_shared<PooledRead>(pool, sink, std::move(read), std::move(respond));
  if (!pooled->post(storage::ReadLane::kShort)) pooled->refuse();
}

void run_on_pool(storage::ReadPool& pool, CompletionSink& sink, std::unique_ptr<ReadRequest> read,
                 http::Responder respond) {
  const auto pooled = std::make_shared<PooledRead>(pool, sink, std::move(read), std::move(respond));
  if (!pooled->post(storage::ReadLane::kLong)) pooled->refuse();
}

}  // namespace gyre::api
