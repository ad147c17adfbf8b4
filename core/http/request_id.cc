// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_id.h"

namespace gyre::http {

RequestId make_request_id(Random& random) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV";  // 5 bits a character
  constexpr std::size_t kCharactersPerNumber = 12;
  RequestId id;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i % kCharactersPerNumber == 0) bits = random.next();
    id[i] = kAlphabet[bits & 31];
    bits >>= 5;
  }
  return id;
}

}  // namespace gyre::http
