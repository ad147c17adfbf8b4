// SPDX-License-Identifier: Apache-2.0
#include "consumers/plugin_host_functions.h"

#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/json/attribute_json.h"
#include "core/json/json_writer.h"
#include "core/model/item_codec.h"
#include "core/model/number.h"

namespace gyre::consumers {

namespace {

static_assert(GYRE_STATE_BYTES_MAX == limits::kConsumerStateBytesMax);
static_assert(GYRE_WRITES_MAX == limits::kConsumerWritesMax);

void log_line(std::int32_t level, gyre_text line) {
  const std::string_view text = to_view(line);
  switch (level) {
    case GYRE_LOG_DEBUG:
      return log_debug("{}", text);
    case GYRE_LOG_WARNING:
      return log_warning("{}", text);
    case GYRE_LOG_ERROR:
      return log_error("{}", text);
    default:
      return log_info("{}", text);
  }
}

// --- images ---

gyre_text image_encoded(const gyre_image* image) {
  return to_text(image->encoded);
}

gyre_text image_json(const gyre_image* image) {
  if (!image->json) {
    std::string text;
    json::Writer writer(text);
    if (const Status written = json::write_encoded_item(writer, image->encoded); !written.ok()) {
      fatal("an image of a change record does not decode: " + written.error().message);
    }
    image->json = std::move(text);
  }
  return to_text(*image->json);
}

std::int32_t type_code(AttributeType type) {
  switch (type) {
    case AttributeType::kString:
      return GYRE_S;
    case AttributeType::kNumber:
      return GYRE_N;
    case AttributeType::kBinary:
      return GYRE_B;
    case AttributeType::kBool:
      return GYRE_BOOL;
    case AttributeType::kNull:
      return GYRE_NULL;
    case AttributeType::kMap:
      return GYRE_M;
    case AttributeType::kList:
      return GYRE_L;
    case AttributeType::kStringSet:
      return GYRE_SS;
    case AttributeType::kNumberSet:
      return GYRE_NS;
    case AttributeType::kBinarySet:
      return GYRE_BS;
  }
  fatal("no such attribute type");
}

// The value's text as gyre_attribute describes it. S and B point into the image; others are kept by it.
gyre_text value_text(const gyre_image& image, const EncodedValue& head, std::string_view encoded_value) {
  switch (head.type) {
    case AttributeType::kString:
    case AttributeType::kBinary:
      return to_text(head.bytes);
    case AttributeType::kBool:
      return to_text(head.boolean ? "true" : "false");
    case AttributeType::kNull:
      return to_text("");
    case AttributeType::kNumber:
      return to_text(image.texts.emplace_back(head.number.to_string()));
    default:
      break;
  }
  const Result<AttributeValue> value = decode_value(encoded_value);
  CHECK(value.ok());  // it was just skipped over, which checks the same
  std::string& text = image.texts.emplace_back();
  json::Writer writer(text);
  json::write_attribute(writer, *value);
  return to_text(text);
}

std::int32_t find_attribute(const gyre_image* image, gyre_text name, gyre_attribute* found) {
  std::int32_t answer = GYRE_NOT_FOUND;
  EncodedReader reader(image->encoded);
  const Status walked = reader.item([&](std::string_view attribute) -> Status {
    const std::string_view start = reader.rest();
    EncodedReader head_reader = reader;
    RETURN_IF_ERROR(reader.skip_value());
    if (attribute != to_view(name)) return {};
    ASSIGN_OR_RETURN(const EncodedValue head, head_reader.value());
    found->type = type_code(head.type);
    found->text = value_text(*image, head, start.substr(0, start.size() - reader.rest().size()));
    answer = GYRE_OK;
    return {};
  });
  if (!walked.ok()) fatal("an image of a change record does not decode: " + walked.error().message);
  return answer;
}

// --- results ---

std::int32_t refuse(gyre_result* result, Error error) {
  if (!result->broken) result->broken = std::move(error);
  return GYRE_INVALID;
}

std::int32_t accept_through(gyre_result* result, std::uint64_t sequence) {
  result->outcome.accepted_through = SequenceNumber(sequence);
  return GYRE_OK;
}

std::int32_t fail(gyre_result* result, std::uint64_t sequence, std::int32_t failure, gyre_text message) {
  RecordFailure entry{SequenceNumber(sequence), FailureClass::kRetry, std::string(to_view(message))};
  switch (failure) {
    case GYRE_RETRY:
      break;
    case GYRE_REJECT:
      entry.failure = FailureClass::kReject;
      break;
    case GYRE_FATAL:
      entry.failure = FailureClass::kFatal;
      break;
    default:
      return refuse(result, Error::validation(fmt::format("fail: {} is no class of failure", failure)));
  }
  result->outcome.failures.push_back(std::move(entry));
  return GYRE_OK;
}

std::int32_t set_state(gyre_result* result, gyre_text state) {
  if (state.size > limits::kConsumerStateBytesMax) {
    return refuse(result, Error::validation(
                              fmt::format("set_state: {} bytes are more than the {} that a state may have",
                                          state.size, limits::kConsumerStateBytesMax)));
  }
  result->outcome.state = std::string(to_view(state));
  return GYRE_OK;
}

// DynamoDB JSON of an item or key to the canonical encoding.
Result<std::string> encode_json(json::Parser& parser, gyre_text text) {
  ASSIGN_OR_RETURN(const json::Value value, parser.parse(to_view(text)));
  if (!value.is_object()) return Error::validation("it is no JSON object");
  ASSIGN_OR_RETURN(const AttributeMap attributes, json::read_attribute_map(value));
  return encode_item(attributes);
}

std::int32_t add_write(gyre_result* result, const char* function, streams::ConsumerWrite write,
                       gyre_text json) {
  Result<std::string> encoded = encode_json(result->parser, json);
  if (!encoded.ok()) {
    return refuse(result,
                  Error::validation(fmt::format("{} to table {}: {}: {}", function, write.table_name,
                                                encoded.error().message, to_view(json).substr(0, 200))));
  }
  write.item = std::move(encoded).value();
  if (write.table_name.empty())
    return refuse(result, Error::validation(fmt::format("{}: no table", function)));
  result->write_bytes +=
      write.item.size() + write.table_name.size() + write.attribute.size() + write.amount.size();
  auto& writes = result->outcome.writes;
  if (writes.size() == limits::kConsumerWritesMax || result->write_bytes > limits::kConsumerWriteBytesMax) {
    return refuse(result,
                  Error::validation(fmt::format("{}: more than {} writes or {} bytes in one call", function,
                                                limits::kConsumerWritesMax, limits::kConsumerWriteBytesMax)));
  }
  writes.push_back(std::move(write));
  return GYRE_OK;
}

streams::ConsumerWrite write_to(gyre_text table, streams::ConsumerWrite::Kind kind) {
  streams::ConsumerWrite write;
  write.kind = kind;
  write.table_name = to_view(table);
  return write;
}

std::int32_t put_item(gyre_result* result, gyre_text table, gyre_text item_json) {
  return add_write(result, "put_item", write_to(table, streams::ConsumerWrite::Kind::kPut), item_json);
}

std::int32_t delete_item(gyre_result* result, gyre_text table, gyre_text key_json) {
  return add_write(result, "delete_item", write_to(table, streams::ConsumerWrite::Kind::kDelete), key_json);
}

std::int32_t add_number(gyre_result* result, gyre_text table, gyre_text key_json, gyre_text attribute,
                        gyre_text amount) {
  if (const auto number = Number::parse(to_view(amount)); !number.ok()) {
    return refuse(result, Error::validation("add_number: " + number.error().message));
  }
  if (attribute.size == 0) return refuse(result, Error::validation("add_number: no attribute"));
  streams::ConsumerWrite write = write_to(table, streams::ConsumerWrite::Kind::kAdd);
  write.attribute = to_view(attribute);
  write.amount = to_view(amount);
  return add_write(result, "add_number", std::move(write), key_json);
}

}  // namespace

void set_host_functions(gyre_host& host) {
  host.log = log_line;
  host.image_encoded = image_encoded;
  host.image_json = image_json;
  host.find_attribute = find_attribute;
  host.accept_through = accept_through;
  host.fail = fail;
  host.set_state = set_state;
  host.put_item = put_item;
  host.delete_item = delete_item;
  host.add_number = add_number;
}

}  // namespace gyre::consumers
