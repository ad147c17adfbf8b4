// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

namespace gyre::api::model {
namespace {

constexpr Shape kStringSet = list_of(&kString);
constexpr Shape kNumberSet = list_of(&kString);
constexpr Shape kBinarySet = list_of(&kBlob);
constexpr Shape kAttributeList = list_of(&kAttributeValue);
constexpr Member kAttributeValueMembers[] = {
    {"S", &kString},     {"N", &kString},     {"B", &kBlob},       {"SS", &kStringSet},
    {"NS", &kNumberSet}, {"BS", &kBinarySet}, {"M", &kAttributes}, {"L", &kAttributeList},
    {"NULL", &kBoolean}, {"BOOL", &kBoolean},
};

}  // namespace

// Values are the business of json::read_attribute, which has AWS's words for them.
constexpr Shape kAttributeValue = own_words(structure("AttributeValue", kAttributeValueMembers));

}  // namespace gyre::api::model
