// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/failure_document.h"

#include <ctime>

#include <fmt/core.h>

#include "core/json/json_writer.h"

namespace gyre::consumers {
namespace {

// 2019-11-14T00:13:49
std::string utc_text(std::uint64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc = {};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace

std::string failure_document(const DeadLetter& letter, const FailureContext& context, std::uint64_t now_ms) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  writer.key("requestContext").begin_object();
  writer.member("requestId", context.request_id).member("functionArn", context.function_arn);
  writer.member("condition",
                letter.reason == GivenUp::kRecordAgeExpired ? "RecordAgeExpired" : "RetryAttemptsExhausted");
  writer.key("approximateInvokeCount").unsigned_integer(letter.invocations);
  writer.end_object();
  if (letter.invocations > 0) {
    writer.key("responseContext").begin_object();
    writer.key("statusCode").integer(context.status_code);
    writer.member("executedVersion", context.executed_version);
    writer.member("functionError", context.function_error);
    writer.end_object();
  }
  writer.member("version", "1.0");
  writer.member("timestamp", fmt::format("{}.{:03}Z", utc_text(now_ms), now_ms % 1000));
  writer.key("DDBStreamBatchInfo").begin_object();
  writer.member("shardId", context.shard_id);
  writer.member("startSequenceNumber", context.first_sequence);
  writer.member("endSequenceNumber", context.last_sequence);
  writer.member("approximateArrivalOfFirstRecord", utc_text(letter.first_created_ms) + "Z");
  writer.member("approximateArrivalOfLastRecord", utc_text(letter.last_created_ms) + "Z");
  writer.key("batchSize").unsigned_integer(letter.records.size());
  writer.member("streamArn", context.stream_arn);
  writer.end_object();
  writer.end_object();
  return text;
}

}  // namespace gyre::consumers
