// SPDX-License-Identifier: Apache-2.0
// Any bytes as a frame of the stream protocol, from whoever reaches the socket: what is taken is taken again
// when written, and holds no more than the frame.
#include "streams/transport/stream_message.h"

#include <string>

#include "core/base/check.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {

void fuzz(std::string_view bytes) {
  const auto message = streams::wire::decode_message(bytes);
  if (!message.ok()) return;
  const std::string frame = streams::wire::encode_message(*message);
  const auto again = streams::wire::decode_message(frame);
  CHECK(again.ok());
  CHECK(streams::wire::encode_message(*again) == frame);
}

}  // namespace gyre
