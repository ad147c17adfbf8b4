// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a service answers that should speak S3's API.
#include "core/objects/s3_reply.h"
#include "core/base/check.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {

void fuzz(std::string_view bytes) {
  (void)objects::read_fault(bytes);
  for (const char* name : {"UploadId", "Code", "Key"}) {
    const auto text = objects::element_text(bytes, name);
    if (text) CHECK(text->size() <= bytes.size());
  }
  const auto page = objects::read_page(bytes, {.root = "a/", .prefix = "", .after = ""});
  if (!page.ok()) return;
  CHECK(page->objects.size() <= objects::kObjectsPerPageMax);
  std::string last;
  for (const objects::ObjectInfo& object : page->objects) {
    CHECK(objects::check_key(object.key).ok() && object.key > last);
    last = object.key;
  }
}

}  // namespace gyre
