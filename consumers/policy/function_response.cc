// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/function_response.h"

#include <charconv>
#include <cstdint>

#include "core/json/json_copy.h"
#include "core/json/json_reader.h"
#include "core/json/json_writer.h"

namespace gyre::consumers {
namespace {

std::optional<SequenceNumber> read_identifier(const json::Value& failure) {
  if (!failure.is_object()) return std::nullopt;
  const std::optional<json::Value> identifier = failure.find("itemIdentifier");
  if (!identifier || !identifier->is_string()) return std::nullopt;
  const std::string_view digits = identifier->as_string();
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return SequenceNumber(sequence);
}

std::optional<std::vector<SequenceNumber>> read_failures(const json::Value& response) {
  std::vector<SequenceNumber> failures;
  const std::optional<json::Value> list = response.find("batchItemFailures");
  if (!list) return failures;
  if (!list->is_array()) return std::nullopt;
  for (json::ElementCursor cursor(*list); !cursor.at_end(); cursor.advance()) {
    const std::optional<SequenceNumber> sequence = read_identifier(cursor.value());
    if (!sequence) return std::nullopt;
    failures.push_back(*sequence);
  }
  return failures;
}

}  // namespace

FunctionResponse read_function_response(std::string_view text) {
  FunctionResponse response;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return response;
  json::Parser parser;
  const Result<json::Value> value = parser.parse(text);
  if (value.ok() && value->is_null()) return response;
  if (!value.ok() || !value->is_object()) {
    response.failures = std::nullopt;
    return response;
  }
  response.failures = read_failures(*value);
  if (const auto state = value->find("state")) {
    json::Writer writer(response.state.emplace());
    json::copy(writer, *state);
  }
  return response;
}

}  // namespace gyre::consumers
