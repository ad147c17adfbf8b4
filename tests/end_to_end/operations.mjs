// SPDX-License-Identifier: Apache-2.0
// Prints the operations that the AWS SDKs for DynamoDB and its streams know, as JSON: {"dynamodb": [...], "streams": [...]}.
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";

const operations = (sdk) =>
  Object.keys(sdk)
    .filter((name) => /^[A-Z]\w+Command$/.test(name))
    .map((name) => name.replace(/Command$/, ""));

console.log(JSON.stringify({ dynamodb: operations(dynamodb), streams: operations(streams) }));
