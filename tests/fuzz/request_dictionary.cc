// SPDX-License-Identifier: Apache-2.0
// Prints the dictionary of fuzz_request: the names and words of the API's model.
#include <fmt/core.h>

#include <set>
#include <string>

#include "core/api/model.h"

namespace gyre::api {
namespace {

class Words {
 public:
  void add_operation(const Operation& operation) {
    words_.insert(std::string(operation.name) + " {");
    add_shape(operation.input);
  }
  const std::set<std::string>& all() const { return words_; }

 private:
  void add_shape(const json::Shape* shape) {
    if (shape == nullptr || !seen_.insert(shape).second) return;
    for (const std::string_view choice : shape->choices) words_.insert("\"" + std::string(choice) + "\"");
    for (const json::Member& member : shape->members) {
      words_.insert("\"" + std::string(member.name) + "\":" + begin_of(*member.shape));
      add_shape(member.shape);
    }
    add_shape(shape->element);
  }

  static std::string begin_of(const json::Shape& shape) {
    switch (shape.type) {
      case json::Type::kList:
        return "[";
      case json::Type::kMap:
      case json::Type::kStructure:
        return "{";
      case json::Type::kString:
      case json::Type::kBlob:
        return "\"";
      default:
        return "";
    }
  }

  std::set<std::string> words_;
  std::set<const json::Shape*> seen_;
};

void print_dictionary() {
  Words words;
  for (const Service& service : services()) {
    for (const Operation& operation : service.operations) words.add_operation(operation);
  }
  for (const std::string& word : words.all()) {
    std::string escaped;
    for (const char c : word) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
    fmt::print("\"{}\"\n", escaped);
  }
}

}  // namespace
}  // namespace gyre::api

int main() {
  gyre::api::print_dictionary();
}
