// SPDX-License-Identifier: Apache-2.0
// Clients of three regions, none of which is told an endpoint: AWS_ENDPOINT_URL is that of us-east-1.
import assert from "node:assert/strict";
import test from "node:test";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";

const regions = ["us-east-1", "eu-west-1", "ap-northeast-1"];
const clients = Object.fromEntries(regions.map((region) => [region, new DynamoDBClient({ region, maxAttempts: 1 })]));
const TableName = "routed";
const Key = { pk: { S: "a" } };

test("each region has its own table of one name", async () => {
  for (const region of regions) {
    const client = clients[region];
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
    await client.send(new PutItemCommand({ TableName, Item: { ...Key, region: { S: region } } }));
  }
  for (const region of regions) {
    const { Item } = await clients[region].send(new GetItemCommand({ TableName, Key }));
    assert.equal(Item.region.S, region);
    const { Table } = await clients[region].send(new DescribeTableCommand({ TableName }));
    assert.equal(Table.TableArn, `arn:aws:dynamodb:${region}:000000000000:table/${TableName}`);
  }
});

test("an ARN of another region names that region's table", async () => {
  for (const region of regions) {
    const arn = `arn:aws:dynamodb:${region}:000000000000:table/${TableName}`;
    const { Item } = await clients["us-east-1"].send(new GetItemCommand({ TableName: arn, Key }));
    assert.equal(Item.region.S, region);
  }
});

test("streams are those of the region", async () => {
  for (const region of regions) {
    const client = new DynamoDBStreamsClient({ region, maxAttempts: 1 });
    const { Streams } = await client.send(new ListStreamsCommand({ TableName }));
    assert.equal(Streams.length, 1);
    assert.ok(Streams[0].StreamArn.startsWith(`arn:aws:dynamodb:${region}:`));
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: Streams[0].StreamArn }));
    assert.equal(StreamDescription.TableName, TableName);
  }
});

test("errors of another region keep their names", async () => {
  await assert.rejects(
    clients["eu-west-1"].send(new GetItemCommand({ TableName: "nowhere", Key })),
    (error) => error.name === "ResourceNotFoundException" && error.$metadata.httpStatusCode === 400,
  );
});

test("items of 300 KB pass both ways", async () => {
  const text = "x".repeat(300_000);
  await clients["ap-northeast-1"].send(new PutItemCommand({ TableName, Item: { pk: { S: "large" }, text: { S: text } } }));
  const { Item } = await clients["ap-northeast-1"].send(new GetItemCommand({ TableName, Key: { pk: { S: "large" } } }));
  assert.equal(Item.text.S, text);
});

test("a region that is none of the topology is refused in AWS's words", async () => {
  const client = new DynamoDBClient({ region: "sa-east-1", maxAttempts: 1 });
  await assert.rejects(
    client.send(new ListTablesCommand({})),
    (error) =>
      error.name === "InvalidSignatureException" &&
      error.message.startsWith("Credential should be scoped to a valid region, not 'sa-east-1'."),
  );
});
