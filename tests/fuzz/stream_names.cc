// SPDX-License-Identifier: Apache-2.0
// Any text as the ARN of a stream or as a shard iterator, which clients hand back to us.
#include "core/base/check.h"
#include "streams/operations/shard_iterator.h"
#include "streams/stream_arn.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {

void fuzz(std::string_view bytes) {
  const auto iterator = streams::decode_shard_iterator(bytes, 0);
  if (iterator.ok()) CHECK(streams::encode_shard_iterator(*iterator) == bytes);
  const auto arn = streams::parse_stream_arn(bytes);
  if (arn.ok()) CHECK(streams::parse_stream_arn(streams::stream_arn_text(*arn)).value() == *arn);
}

}  // namespace gyre
