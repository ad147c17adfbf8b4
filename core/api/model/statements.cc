// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// PartiQL.
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {
namespace {

// --- ExecuteStatement ---
constexpr Shape kPartiQLStatement = text({1, 8192});
constexpr Shape kPreparedStatementParameters = list_of(&kAttributeValue, at_least(1));
constexpr Shape kPartiQLNextToken = text({1, 32768});
constexpr Member kExecuteStatementInputMembers[] = {
    {"Statement", &kPartiQLStatement, kRequired},
    {"Parameters", &kPreparedStatementParameters},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},  // SDK
    {"NextToken", &kPartiQLNextToken},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"Limit", &kPositiveIntegerObject},
    {"ConsistentRead", &kBoolean},
};
constexpr Shape kExecuteStatementInput = structure("ExecuteStatementInput", kExecuteStatementInputMembers);

// --- BatchExecuteStatement ---
constexpr Member kBatchStatementRequestMembers[] = {
    {"Statement", &kPartiQLStatement, kRequired},
    {"Parameters", &kPreparedStatementParameters},
    {"ConsistentRead", &kBoolean},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},  // SDK
};
constexpr Shape kBatchStatementRequest = structure("BatchStatementRequest", kBatchStatementRequestMembers);
constexpr Shape kPartiQLBatchRequest = list_of(&kBatchStatementRequest, {1, 25});
constexpr Member kBatchExecuteStatementInputMembers[] = {
    {"Statements", &kPartiQLBatchRequest, kRequired},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
};
constexpr Shape kBatchExecuteStatementInput =
    structure("BatchExecuteStatementInput", kBatchExecuteStatementInputMembers);

// --- ExecuteTransaction ---
constexpr Member kParameterizedStatementMembers[] = {
    {"Statement", &kPartiQLStatement, kRequired},
    {"Parameters", &kPreparedStatementParameters},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},  // SDK
};
constexpr Shape kParameterizedStatement = structure("ParameterizedStatement", kParameterizedStatementMembers);
constexpr Shape kParameterizedStatements = list_of(&kParameterizedStatement, {1, 100});
constexpr Member kExecuteTransactionInputMembers[] = {
    {"ClientRequestToken", &kClientRequestToken},
    {"TransactStatements", &kParameterizedStatements, kRequired},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
};
constexpr Shape kExecuteTransactionInput =
    structure("ExecuteTransactionInput", kExecuteTransactionInputMembers);

constexpr Operation kOperations[] = {
    {"ExecuteStatement", &kExecuteStatementInput},
    {"BatchExecuteStatement", &kBatchExecuteStatementInput},
    {"ExecuteTransaction", &kExecuteTransactionInput},
};

}  // namespace

std::span<const Operation> statement_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
