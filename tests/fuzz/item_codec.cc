// SPDX-License-Identifier: Apache-2.0
// Any bytes as an encoded item, as another region may send it: there is one spelling for one item, and the
// reader in place takes just what the decoder takes.
#include "core/model/item_codec.h"

#include <string>

#include "core/base/check.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {

void fuzz(std::string_view bytes) {
  const auto item = decode_item(bytes);
  EncodedReader reader(bytes);
  CHECK(reader.item([&](std::string_view) { return reader.skip_value(); }).ok() == item.ok());
  if (item.ok()) CHECK(encode_item(*item) == bytes);
  if (const auto value = decode_value(bytes); value.ok()) {
    std::string again;
    append_value(again, *value);
    CHECK(again == bytes);
  }
}

}  // namespace gyre
