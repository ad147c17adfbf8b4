// SPDX-License-Identifier: Apache-2.0
#include "core/objects/s3_reply.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace gyre::objects {
namespace {

constexpr std::pair<std::string_view, char> kEntities[] = {
    {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

constexpr std::size_t kReferenceDigitsMax = 8;

// A character that XML may refer to, in UTF-8.
std::optional<std::string> utf8(std::uint32_t character) {
  const bool is_control = character < 0x20 && character != '\t' && character != '\n' && character != '\r';
  const bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
  if (is_control || is_surrogate || character > 0x10ffff || (character & ~1U) == 0xfffe) return std::nullopt;
  if (character < 0x80) return std::string(1, static_cast<char>(character));
  const auto next = [&](int shift) { return static_cast<char>(0x80 | ((character >> shift) & 0x3f)); };
  if (character < 0x800) return std::string{static_cast<char>(0xc0 | (character >> 6)), next(0)};
  if (character < 0x10000) return std::string{static_cast<char>(0xe0 | (character >> 12)), next(6), next(0)};
  return std::string{static_cast<char>(0xf0 | (character >> 18)), next(12), next(6), next(0)};
}

// Takes "&#39;" or "&#x27;" from the front; nullopt: there is none that is valid.
std::optional<std::string> take_reference(std::string_view& text) {
  if (!text.starts_with("&#")) return std::nullopt;
  std::string_view digits = text.substr(2, kReferenceDigitsMax + 2);
  const int base = digits.starts_with('x') ? 16 : 10;
  if (base == 16) digits.remove_prefix(1);
  const std::size_t size = digits.find(';');
  if (size == std::string_view::npos || size > kReferenceDigitsMax) return std::nullopt;
  std::uint32_t character = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + size, character, base);
  if (read.ec != std::errc() || read.ptr != digits.data() + size) return std::nullopt;
  auto plain = utf8(character);
  if (plain) text.remove_prefix(2 + (base == 16 ? 1 : 0) + size + 1);
  return plain;
}

// What is no entity stays as it is.
std::string without_entities(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (const auto character = take_reference(text)) {
      plain += *character;
      continue;
    }
    const auto* const entity = std::find_if(std::begin(kEntities), std::end(kEntities),
                                            [&](const auto& one) { return text.starts_with(one.first); });
    plain += entity != std::end(kEntities) ? entity->second : text.front();
    text.remove_prefix(entity != std::end(kEntities) ? entity->first.size() : 1);
  }
  return plain;
}

// Takes the first element of this name from the front of `xml`, with all before it; answers what is in it.
std::optional<std::string_view> take_element(std::string_view& xml, std::string_view name) {
  const std::string begin = fmt::format("<{}>", name);
  const std::string end = fmt::format("</{}>", name);
  const std::size_t at = xml.find(begin);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view inside = xml.substr(at + begin.size());
  const std::size_t size = inside.find(end);
  if (size == std::string_view::npos) return std::nullopt;
  xml = inside.substr(size + end.size());
  return inside.substr(0, size);
}

}  // namespace

std::optional<std::string> element_text(std::string_view xml, std::string_view name) {
  const auto inside = take_element(xml, name);
  if (!inside) return std::nullopt;
  return without_entities(*inside);
}

S3Fault read_fault(std::string_view xml) {
  if (xml.find("<Error>") == std::string_view::npos) return {};
  return {element_text(xml, "Code").value_or("Unknown"), element_text(xml, "Message").value_or("")};
}

Result<ObjectPage> read_page(std::string_view xml, const PageWanted& wanted) {
  const Error none = Error::internal("the answer to a listing is none of S3's");
  const auto truncated = element_text(xml, "IsTruncated");
  if (!truncated) return none;
  ObjectPage page;
  const std::string prefix = fmt::format("{}{}", wanted.root, wanted.prefix);
  std::string last = wanted.after.empty() ? "" : fmt::format("{}{}", wanted.root, wanted.after);
  std::size_t count = 0;
  while (const auto contents = take_element(xml, "Contents")) {
    const auto key = element_text(*contents, "Key");
    const auto size = element_text(*contents, "Size");
    std::uint64_t bytes = 0;
    if (!key || !size || !key->starts_with(prefix) || *key <= last || ++count > kObjectsPerPageMax)
      return none;
    const auto read = std::from_chars(size->data(), size->data() + size->size(), bytes);
    if (read.ec != std::errc() || read.ptr != size->data() + size->size()) return none;
    last = *key;
    const std::string ours = key->substr(wanted.root.size());
    if (check_key(ours).ok()) page.objects.push_back({ours, bytes});
  }
  // One that says that there is more and shows nothing would be asked forever.
  if (*truncated == "true") {
    if (count == 0) return none;
    page.next = last.substr(wanted.root.size());
  }
  return page;
}

}  // namespace gyre::objects
