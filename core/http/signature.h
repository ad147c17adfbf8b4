// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <variant>

#include "core/http/error_reply.h"

namespace gyre::http {

/// The parts of a request that say who asks. All borrowed; absent is empty.
struct Credentials {
  std::string_view authorization;  ///< the header
  std::string_view query;          ///< what follows '?' in the request line
  std::string_view x_amz_date;
  std::string_view date;
};

/// The access key id of a request signed with AWS signature version 4, in the header or the query form; or
/// AWS's refusal of a request whose signature is absent, given twice, or lacks a part. Any key is accepted,
/// and the signature itself is not computed: the mode for laptops. The answer borrows from `credentials`.
std::variant<std::string_view, ErrorReply> authenticate(const Credentials& credentials);

}  // namespace gyre::http
