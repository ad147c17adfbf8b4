// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_signer.h"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>

#include "core/base/check.h"
#include "core/base/hex.h"

namespace gyre::http {
namespace {

constexpr std::size_t kDigestBytes = 32;

std::string hmac(std::string_view key, std::string_view text) {
  std::string digest(kDigestBytes, '\0');
  unsigned size = 0;
  const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                          reinterpret_cast<unsigned char*>(digest.data()), &size);
  CHECK(made != nullptr && size == kDigestBytes);
  return digest;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Without spaces at the ends, and with one where there were several.
std::string trimmed(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c != ' ' || (!text.empty() && text.back() != ' ')) text += c;
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

// Sorted by name; the values of one name joined by commas, in the order that they came in.
std::vector<Header> canonical_headers(const std::vector<Header>& headers) {
  std::vector<Header> canonical;
  for (const Header& header : headers) canonical.push_back({lower_case(header.name), trimmed(header.value)});
  std::stable_sort(canonical.begin(), canonical.end(),
                   [](const Header& one, const Header& other) { return one.name < other.name; });
  std::vector<Header> joined;
  for (Header& header : canonical) {
    if (!joined.empty() && joined.back().name == header.name) {
      joined.back().value += "," + header.value;
    } else {
      joined.push_back(std::move(header));
    }
  }
  return joined;
}

}  // namespace

std::string authorization(const ToSign& request, const SigningKey& key, const SigningScope& scope) {
  CHECK(scope.time.size() == 16);
  auto query = request.query;
  std::sort(query.begin(), query.end());
  std::string canonical_query;
  for (const auto& [name, value] : query) {
    canonical_query += fmt::format("{}{}={}", canonical_query.empty() ? "" : "&", name, value);
  }
  std::string canonical = fmt::format("{}\n{}\n{}\n", request.method, request.path, canonical_query);
  std::string names;
  for (const Header& header : canonical_headers(request.headers)) {
    canonical += fmt::format("{}:{}\n", header.name, header.value);
    names += (names.empty() ? "" : ";") + header.name;
  }
  canonical += fmt::format("\n{}\n{}", names, request.payload_hash);

  const std::string day = scope.time.substr(0, 8);
  const std::string credential_scope = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
  const std::string to_sign =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", scope.time, credential_scope, sha256_hex(canonical));
  const std::string signing_key =
      hmac(hmac(hmac(hmac("AWS4" + key.secret, day), scope.region), scope.service), "aws4_request");
  return fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", key.access_key_id,
                     credential_scope, names, hex(hmac(signing_key, to_sign)));
}

std::string sha256_hex(std::string_view bytes) {
  std::array<char, kDigestBytes> digest{};
  unsigned size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                   EVP_sha256(), nullptr) == 1);
  CHECK(size == kDigestBytes);
  return hex({digest.data(), digest.size()});
}

std::string amz_time(std::uint64_t milliseconds_since_1970) {
  const auto seconds = static_cast<std::time_t>(milliseconds_since_1970 / 1000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string percent_encoded(std::string_view text, bool keep_slashes) {
  std::string encoded;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool plain = letter || c == '-' || c == '.' || c == '_' || c == '~' || (keep_slashes && c == '/');
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace gyre::http
