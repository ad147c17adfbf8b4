// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/objects/object_store.h"

namespace gyre::objects {

// What an S3 service answers in XML: a few elements without attributes of their own. Outside bytes may be
// anything.

/// The text of the first element of this name; nullopt if there is none.
std::optional<std::string> element_text(std::string_view xml, std::string_view name);

struct S3Fault {
  std::string code;  ///< "SlowDown"; empty: the body is no error
  std::string message;
};
S3Fault read_fault(std::string_view xml);

/// What a listing was asked for, in a bucket whose keys of ours all begin with `root`.
struct PageWanted {
  std::string_view root;
  std::string_view prefix;  ///< behind the root
  std::string_view after;   ///< likewise
};
/// A page of ListObjectsV2, without the root in front of the keys. Objects whose keys are none of ours
/// (check_key) are left out. An Error if a key is not below the prefix, not behind `after`, or not behind the
/// key before: so who goes from page to page comes to an end.
Result<ObjectPage> read_page(std::string_view xml, const PageWanted& wanted);

}  // namespace gyre::objects
