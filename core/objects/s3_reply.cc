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

std::string without_entities(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
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

Result<ObjectPage> read_page(std::string_view xml, std::string_view prefix) {
  const Error none = Error::internal("the answer to a listing is none of S3's");
  const auto truncated = element_text(xml, "IsTruncated");
  if (!truncated) return none;
  ObjectPage page;
  std::string last;
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
    const std::string ours = key->substr(prefix.size());
    if (check_key(ours).ok()) page.objects.push_back({ours, bytes});
  }
  // One that says that there is more and shows nothing would be asked forever.
  if (*truncated == "true") {
    if (last.empty()) return none;
    page.next = last.substr(prefix.size());
  }
  return page;
}

}  // namespace gyre::objects
