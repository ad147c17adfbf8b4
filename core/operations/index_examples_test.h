// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace gyre::operations {

/// CreateTable of "table", with keys "pk" (S) and "sk" (N), and an index of each kind over its attributes.
inline constexpr std::string_view kTableOfIndexes = R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[
      {"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},
      {"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"N"},
      {"AttributeName":"c","AttributeType":"S"},{"AttributeName":"d","AttributeType":"N"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
    "LocalSecondaryIndexes":[
      {"IndexName":"local","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
       "Projection":{"ProjectionType":"KEYS_ONLY"}}],
    "GlobalSecondaryIndexes":[
      {"IndexName":"plain","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
       "Projection":{"ProjectionType":"ALL"}},
      {"IndexName":"sorted","KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
       "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["v"]}},
      {"IndexName":"wide","KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"d","KeyType":"HASH"},
                                       {"AttributeName":"b","KeyType":"RANGE"},{"AttributeName":"c","KeyType":"RANGE"}],
       "Projection":{"ProjectionType":"KEYS_ONLY"}}]})";

}  // namespace gyre::operations
