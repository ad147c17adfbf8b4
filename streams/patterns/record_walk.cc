// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/record_walk.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/model/item_codec.h"
#include "core/storage/catalog.h"
#include "streams/record_parts.h"

namespace gyre::streams {
namespace {

using Node = FieldTree::Node;

class RecordWalk {
 public:
  RecordWalk(const FieldTree& tree, const std::vector<FieldTest>& tests, PatternMode mode, Work& work)
      : tree_(tree), tests_(tests), mode_(mode), work_(work), seen_(tree.size(), false) {}

  Result<MatchScope> walk(const storage::ChangeRecord& record, const RecordView& view) {
    const Node& root = tree_.root();
    text(root, "eventID", [&] { return event_id(record, view.region); });
    text(root, "eventName", [&] { return std::string(event_name(record.kind)); });
    text(root, "eventVersion", [] { return std::string(kRecordVersion); });
    text(root, "eventSource", [] { return std::string(kRecordSource); });
    text(root, "awsRegion", [&] { return view.region; });
    text(root, "eventSourceARN", [&] { return view.stream_arn; });
    if (const Node* node = tree_.step(root, "dynamodb", work_))
      RETURN_IF_ERROR(dynamodb(*node, record, view));
    if (shows_expiry(record, view.region)) {
      if (const Node* node = tree_.step(root, "userIdentity", work_)) {
        text(*node, "type", [] { return std::string(kExpiryPrincipalType); });
        text(*node, "principalId", [] { return std::string(kExpiryPrincipal); });
      }
    }
    meet_absent();
    return std::move(scope_);
  }

 private:
  Status dynamodb(const Node& node, const storage::ChangeRecord& record, const RecordView& view) {
    const ShownImages images = shown_images(record, view.view_type);
    number(node, "ApproximateCreationDateTime", creation_seconds(record), false);
    text(node, "SequenceNumber", [&] { return storage::sequence_text(record.sequence); });
    text(node, "StreamViewType", [&] { return std::string(stream_view_type_name(view.view_type)); });
    if (tree_.step(node, "SizeBytes", work_) != nullptr) {
      work_.add((record.keys.size() + images.old_image.size() + images.new_image.size()) *
                limits::kDecodedValueUnits / 8);
      ASSIGN_OR_RETURN(const std::size_t bytes, shown_bytes(record, images));
      number(node, "SizeBytes", bytes, true);
    }
    RETURN_IF_ERROR(image(node, "Keys", record.keys));
    RETURN_IF_ERROR(image(node, "NewImage", images.new_image));
    return image(node, "OldImage", images.old_image);
  }

  Status image(const Node& node, std::string_view name, std::string_view bytes) {
    const Node* field = tree_.step(node, name, work_);
    if (field == nullptr || bytes.empty()) return {};
    work_.add(bytes.size());
    EncodedReader reader(bytes);
    return reader.item([&](std::string_view attribute) { return member(scope_, *field, attribute, reader); });
  }

  // One attribute of an item or a map.
  Status member(MatchScope& scope, const Node& node, std::string_view name, EncodedReader& reader) {
    if (work_.used_up()) return too_much_work();
    if (const Node* field = tree_.step(node, name, work_)) return value(scope, *field, reader);
    return reader.skip_value();
  }

  // A value stands under the name of its type.
  Status value(MatchScope& scope, const Node& node, EncodedReader& reader) {
    work_.add(limits::kDecodedValueUnits);
    if (work_.used_up()) return too_much_work();
    ASSIGN_OR_RETURN(const EncodedValue head, reader.value());
    const Node* field = tree_.step(node, attribute_type_name(head.type), work_);
    switch (head.type) {
      case AttributeType::kMap:
        return reader.for_each_attribute(head, [&](std::string_view name) {
          return field != nullptr ? member(scope, *field, name, reader) : reader.skip_value();
        });
      case AttributeType::kList:
        return reader.for_each_element(
            head, [&] { return field != nullptr ? element(scope, *field, reader) : reader.skip_value(); });
      case AttributeType::kStringSet:
      case AttributeType::kBinarySet:
      case AttributeType::kNumberSet:
        return set(scope, field, head, reader);
      default:
        if (field != nullptr) scalar(scope, *field, head);
        return {};
    }
  }

  Status element(MatchScope& scope, const Node& field, EncodedReader& reader) {
    MatchScope inside;
    RETURN_IF_ERROR(value(inside, field, reader));
    add_element(scope, field, std::move(inside));
    return {};
  }

  Status set(MatchScope& scope, const Node* field, const EncodedValue& head, EncodedReader& reader) {
    work_.add(limits::kDecodedValueUnits * head.count);
    if (work_.used_up()) return too_much_work();
    const auto add = [&](const EncodedValue& one) {
      if (field == nullptr || work_.used_up()) return;
      MatchScope inside;
      scalar(inside, *field, one);
      add_element(scope, *field, std::move(inside));
    };
    if (head.type == AttributeType::kNumberSet) {
      EncodedValue number{};
      number.type = AttributeType::kNumber;
      return reader.for_each_number(head, [&](const Number& one) {
        number.number = one;
        add(number);
      });
    }
    EncodedValue text{};
    text.type = head.type == AttributeType::kStringSet ? AttributeType::kString : AttributeType::kBinary;
    return reader.for_each_member(head, [&](std::string_view one) {
      text.bytes = one;
      add(text);
    });
  }

  void scalar(MatchScope& scope, const Node& node, const EncodedValue& value) {
    if (node.tests.empty()) return;
    switch (value.type) {
      case AttributeType::kString:
        return leaf(scope, node, {.text = value.bytes});
      case AttributeType::kBinary: {
        const std::string text = base64(value.bytes);
        return leaf(scope, node, {.text = text});
      }
      case AttributeType::kNumber: {
        const std::string text = value.number.to_string();
        LeafValue number{.text = text};
        if (mode_ == PatternMode::kTyped) number.number = value.number;
        return leaf(scope, node, number);
      }
      case AttributeType::kBool:
        return leaf(scope, node, {.kind = LeafValue::Kind::kBool, .boolean = value.boolean});
      default:  // NULL: true
        return leaf(scope, node, {.kind = LeafValue::Kind::kBool, .boolean = true});
    }
  }

  template <class MakeText>
  void text(const Node& node, std::string_view name, MakeText&& make) {
    const Node* field = tree_.step(node, name, work_);
    if (field == nullptr || field->tests.empty()) return;
    const std::string made = make();
    leaf(scope_, *field, {.text = made});
  }

  void number(const Node& node, std::string_view name, std::uint64_t value, bool integer_text) {
    const Node* field = tree_.step(node, name, work_);
    if (field == nullptr || field->tests.empty()) return;
    leaf(scope_, *field,
         {.kind = LeafValue::Kind::kNumber,
          .number = Number::from_int(static_cast<std::int64_t>(value)),
          .integer_text = integer_text});
  }

  void leaf(MatchScope& scope, const Node& node, const LeafValue& value) {
    seen_[tree_.index_of(node)] = true;
    work_.add(value.text.size());
    for (const std::uint32_t test : node.tests) {
      if (scope.met.test(test)) continue;
      work_.add(tests_[test].units(value));
      if (tests_[test].matches(value)) scope.met.set(test);
    }
  }

  // Elements that meet nothing more than the one before are of no use.
  static void add_element(MatchScope& scope, const Node& field, MatchScope inside) {
    if (inside.met.none() && inside.arrays.empty()) return;
    auto array = std::find_if(scope.arrays.begin(), scope.arrays.end(),
                              [&](const ArrayScope& one) { return one.field == &field; });
    if (array == scope.arrays.end()) array = scope.arrays.insert(array, {&field, {}});
    auto& elements = array->elements;
    const bool repeated = !elements.empty() && inside.arrays.empty() && elements.back().arrays.empty() &&
                          elements.back().met == inside.met;
    if (!repeated) elements.push_back(std::move(inside));
  }

  // A field is absent if it has no value anywhere in the record, whatever arrays it could be in.
  void meet_absent() {
    work_.add(tree_.absent_tests().size());
    for (const FieldTree::AbsentTest& absent : tree_.absent_tests()) {
      if (!seen_[absent.node]) scope_.met.set(absent.test);
    }
  }

  const FieldTree& tree_;
  const std::vector<FieldTest>& tests_;
  const PatternMode mode_;
  Work& work_;
  MatchScope scope_;
  std::vector<bool> seen_;  // by node: a value was met there
};

}  // namespace

Result<MatchScope> walk_record(const FieldTree& tree, const std::vector<FieldTest>& tests, PatternMode mode,
                               const storage::ChangeRecord& record, const RecordView& view, Work& work) {
  Result<MatchScope> scope = RecordWalk(tree, tests, mode, work).walk(record, view);
  if (scope.ok() && work.used_up()) return too_much_work();
  return scope;
}

bool satisfies(const MatchScope& scope, TestSet needed, Work& work) {
  needed &= ~scope.met;
  for (const ArrayScope& array : scope.arrays) {
    if (needed.none()) return true;
    const TestSet inside = needed & array.field->here_and_below;
    if (inside.none()) continue;
    work.add(limits::kExpressionPartUnits * array.elements.size());
    if (!std::any_of(array.elements.begin(), array.elements.end(),
                     [&](const MatchScope& element) { return satisfies(element, inside, work); })) {
      return false;
    }
    needed &= ~inside;
  }
  return needed.none();
}

}  // namespace gyre::streams
