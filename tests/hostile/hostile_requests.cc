// SPDX-License-Identifier: Apache-2.0
// Prints hostile requests for every operation of the API's model: each member, through all structures, lists
// and maps, with sizes, depths and bytes that no client should send. A request is a line "TARGET LENGTH" and
// the body. Those that remove the table come last.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/model.h"

namespace gyre::api {
namespace {

using json::Member;
using json::Shape;
using json::Type;

constexpr std::size_t kLongBytes = 70'000;  // beyond every name's limit
constexpr std::size_t kManyElements = 5'000;
constexpr std::size_t kGiantBytes = 1'000'000;  // of what no operation knows

std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

std::string nested(std::string_view open, std::string_view inside, std::string_view close,
                   std::size_t levels) {
  return repeated(open, levels) + std::string(inside) + repeated(close, levels);
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string list_of_many(std::string_view element) {
  return "[" + repeated(std::string(element) + ",", kManyElements - 1) + std::string(element) + "]";
}

std::string map_of_many(std::string_view value) {
  std::string text = "{";
  for (std::size_t i = 0; i < kManyElements; ++i) {
    text += (i == 0 ? "" : ",") + quoted("#n" + std::to_string(i)) + ":" + std::string(value);
  }
  return text + "}";
}

/// A small value of the right type.
std::string plain(const Shape& shape) {
  switch (shape.type) {
    case Type::kString:
      return quoted(shape.choices.empty() ? "abc" : shape.choices.front());
    case Type::kBlob:
      return "\"AQ==\"";
    case Type::kBoolean:
      return "true";
    case Type::kList:
      return "[]";
    case Type::kMap:
      return "{}";
    case Type::kStructure:
      return shape.name == "AttributeValue" ? R"({"S":"a"})" : "{}";
    default:
      return "1";
  }
}

std::vector<std::string> hostile_texts() {
  return {quoted(repeated("x", kLongBytes)),
          quoted(""),
          quoted("\\u0000\\u0001\\u202e"),
          quoted("\\ud800"),
          quoted("\xff\xfe"),
          quoted("\xf0\x9f\x98"),
          quoted(nested("(", "a", ")", 2000)),
          quoted(repeated("NOT ", 1000) + "a = :a"),
          quoted("a" + repeated(".a", 2000) + " = :a"),
          quoted("a" + repeated("[0]", 1300)),
          quoted("SET " + repeated("a = :a, ", 500) + "b = :a"),
          quoted("a IN (" + repeated(":a,", 1300) + ":a)"),
          quoted("SELECT * FROM hostile WHERE pk = " + nested("[", "1", "]", 3000)),
          quoted("SELECT * FROM hostile WHERE " + nested("(", "pk = ?", ")", 3000))};
}

std::vector<std::string> hostile_attributes() {
  std::vector<std::string> values;
  for (const std::size_t levels : {31, 32, 33, 40}) {
    values.push_back(nested(R"({"L":[)", R"({"S":"a"})", "]}", levels));
    values.push_back(nested(R"({"M":{"a":)", R"({"S":"a"})", "}}", levels));
  }
  values.push_back(R"({"SS":)" + list_of_many("\"a\"") + "}");
  values.push_back(R"({"L":)" + list_of_many(R"({"NULL":true})") + "}");
  values.push_back(R"({"M":)" + map_of_many(R"({"N":"1"})") + "}");
  values.push_back(R"({"N":")" + repeated("9", kLongBytes) + "\"}");
  values.push_back(R"({"N":"1E999999999999999999999"})");
  values.push_back(R"({"N":"0.)" + repeated("0", kLongBytes) + "1\"}");
  values.push_back(R"({"B":")" + repeated("AAAA", kLongBytes / 4) + "\"}");
  values.push_back(R"({"S":")" + repeated("x", 410'000) + "\"}");
  values.push_back(R"({"S":"a","N":"1","Unknown":[[[]]]})");
  values.push_back("{}");
  return values;
}

/// Hostile values in a place of `shape`.
std::vector<std::string> hostile_values(const Shape& shape) {
  std::vector<std::string> values = {nested("[", "", "]", 100), nested("{\"a\":", "1", "}", 100), "null"};
  const auto add = [&values](std::vector<std::string> more) {
    values.insert(values.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  switch (shape.type) {
    case Type::kString:
      add(hostile_texts());
      break;
    case Type::kBlob:
      add({quoted(repeated("A", kLongBytes)), quoted("===="), quoted("AA==AA==")});
      break;
    case Type::kBoolean:
      break;
    case Type::kList:
      add({list_of_many("null"), list_of_many(plain(*shape.element)), "[]"});
      break;
    case Type::kMap:
      add({map_of_many("null"), map_of_many(plain(*shape.element)), "{}",
           "{\"\":" + plain(*shape.element) + "}",
           "{" + quoted(repeated("x", kLongBytes)) + ":" + plain(*shape.element) + "}"});
      break;
    case Type::kStructure:
      add({"{}", map_of_many("1")});
      if (shape.name == "AttributeValue") add(hostile_attributes());
      break;
    default:
      add({"-9223372036854775808", "9223372036854775807", "18446744073709551615", "-1", "0", "1e308",
           "1e-320", repeated("9", 300)});
  }
  return values;
}

/// What makes the rest of a request right, so that the hostile part of it is looked at.
const std::map<std::string_view, std::vector<std::pair<std::string_view, std::string_view>>> kGoodMembers = {
    {"PutItem", {{"TableName", "\"hostile\""}, {"Item", R"({"pk":{"S":"a"}})"}}},
    {"GetItem", {{"TableName", "\"hostile\""}, {"Key", R"({"pk":{"S":"a"}})"}}},
    {"DeleteItem", {{"TableName", "\"hostile\""}, {"Key", R"({"pk":{"S":"a"}})"}}},
    {"UpdateItem", {{"TableName", "\"hostile\""}, {"Key", R"({"pk":{"S":"a"}})"}}},
    {"Query",
     {{"TableName", "\"hostile\""},
      {"KeyConditionExpression", "\"pk = :a\""},
      {"ExpressionAttributeValues", R"({":a":{"S":"a"}})"}}},
};

class Requests {
 public:
  void print_operation(std::string_view prefix, const Operation& operation) {
    target_ = std::string(prefix).append(operation.name);
    operation_ = &operation;
    print_of_any_operation();
    for (const Member& member : operation.input->members) {
      visit(*member.shape, [&](const std::string& value) { return whole(member.name, value); });
    }
  }

  std::size_t count() const { return count_; }

 private:
  using Wrap = std::function<std::string(const std::string&)>;

  std::string whole(std::string_view name, const std::string& value) const {
    std::string body = "{" + quoted(name) + ":" + value;
    const auto good = kGoodMembers.find(operation_->name);
    if (good != kGoodMembers.end()) {
      for (const auto& [member, plain_value] : good->second) {
        if (member != name) body += "," + quoted(member) + ":" + std::string(plain_value);
      }
    } else if (name != "TableName" && operation_->input->find("TableName") != nullptr) {
      body += R"(,"TableName":"hostile")";
    }
    return body + "}";
  }

  void print_of_any_operation() {
    for (const std::size_t levels : {125, 126, 127, 128, 100'000}) {
      print(whole("Unknown", nested("[", "", "]", levels)));
      print(whole("Unknown", nested("{\"a\":", "1", "}", levels)));
    }
    print(whole("Unknown", quoted(repeated("x", kGiantBytes))));
    print(whole("Unknown", "[" + repeated("[],", kGiantBytes / 3) + "[]]"));
    print(map_of_many("1"));
    print("");
    print("[]");
    print("\xff\xfe\x00");
    print(R"({"TableName":"hostile","TableName":"hostile"})");
    print(repeated("[", kLongBytes));
    print(repeated("{\"a\":", kLongBytes));
  }

  void visit(const Shape& shape, const Wrap& wrap) {
    for (const std::string& value : hostile_values(shape)) print(wrap(value));
    if (shape.name == "AttributeValue") return;
    if (shape.type == Type::kList) {
      visit(*shape.element, [&](const std::string& value) { return wrap("[" + value + "]"); });
    } else if (shape.type == Type::kMap) {
      visit(*shape.element, [&](const std::string& value) { return wrap(R"({"hostile":)" + value + "}"); });
    } else if (shape.type == Type::kStructure) {
      for (const Member& member : shape.members) {
        visit(*member.shape,
              [&](const std::string& value) { return wrap("{" + quoted(member.name) + ":" + value + "}"); });
      }
    }
  }

  void print(const std::string& body) {
    std::printf("%s %zu\n", target_.c_str(), body.size());
    std::fwrite(body.data(), 1, body.size(), stdout);
    ++count_;
  }

  std::string target_;
  const Operation* operation_ = nullptr;
  std::size_t count_ = 0;
};

void print_all() {
  Requests requests;
  const Operation* last = nullptr;
  for (const Service& service : services()) {
    for (const Operation& operation : service.operations) {
      if (operation.name == "DeleteTable") {
        last = &operation;
      } else {
        requests.print_operation(service.target_prefix, operation);
      }
    }
  }
  if (last != nullptr) requests.print_operation(kDynamoDB, *last);
  std::fprintf(stderr, "%zu\n", requests.count());
}

}  // namespace
}  // namespace gyre::api

int main() {
  gyre::api::print_all();
}
