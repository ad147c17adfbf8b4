// SPDX-License-Identifier: Apache-2.0
#include "core/http/content_coding.h"

#include <algorithm>
#include <charconv>

namespace gyre::http {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t begin = std::min(text.find_first_not_of(kBlank), text.size());
  return text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

/// Takes what stands before the first `separator` (or all) off the front of `list`.
std::string_view take_until(std::string_view& list, char separator) {
  const std::string_view front = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(front.size() + 1, list.size()));
  return front;
}

/// `name` is in lower case.
bool is_name(std::string_view text, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(text.begin(), text.end(), name.begin(), name.end(),
                    [&](char a, char b) { return lower(a) == b; });
}

double quality(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1;
  parameters.remove_prefix(at + 2);
  const std::string_view text = trim(take_until(parameters, ';'));
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::min(value, 1.0) : 1;
}

}  // namespace

std::string_view name_of(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kGzip:
      return "gzip";
    case ContentCoding::kDeflate:
      return "deflate";
    case ContentCoding::kIdentity:
      break;
  }
  return "identity";
}

std::optional<ContentCoding> request_coding(std::string_view content_encoding) {
  if (content_encoding.empty()) return ContentCoding::kIdentity;
  for (const auto coding : {ContentCoding::kGzip, ContentCoding::kDeflate, ContentCoding::kIdentity}) {
    if (is_name(content_encoding, name_of(coding))) return coding;
  }
  return std::nullopt;
}

ContentCoding reply_coding(std::string_view accept_encoding) {
  ContentCoding best = ContentCoding::kIdentity;
  double best_quality = 0;
  const auto offer = [&](ContentCoding coding, double q) {
    if (q <= best_quality) return;
    best = coding;
    best_quality = q;
  };
  bool gzip_named = false;
  bool deflate_named = false;
  double rest_quality = 0;  // that of `*`
  while (!accept_encoding.empty()) {
    std::string_view element = take_until(accept_encoding, ',');
    const std::string_view name = trim(take_until(element, ';'));
    if (is_name(name, "gzip")) {
      gzip_named = true;
      offer(ContentCoding::kGzip, quality(element));
    } else if (is_name(name, "deflate")) {
      deflate_named = true;
      offer(ContentCoding::kDeflate, quality(element));
    } else if (name == "*") {
      rest_quality = quality(element);
    }
  }
  if (!gzip_named) offer(ContentCoding::kGzip, rest_quality);
  if (!deflate_named) offer(ContentCoding::kDeflate, rest_quality);
  return best;
}

}  // namespace gyre::http
