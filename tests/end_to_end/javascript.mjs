// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  DuplicateItemException,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  UpdateItemCommand,
  UpdateTableCommand,
  paginateScan,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams";

const settings = (endpoint, region) => ({
  endpoint,
  region,
  credentials: { accessKeyId: "gyre", secretAccessKey: "gyre" },
});
const us = new DynamoDBClient(settings(process.env.GYRE_US, "us-east-1"));
const eu = new DynamoDBClient(settings(process.env.GYRE_EU, "eu-west-1"));
const streams = new DynamoDBStreamsClient(settings(process.env.GYRE_US, "us-east-1"));

async function until(condition, what) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const TableName = "orders";

test("a table is made, waited for and described", async () => {
  await us.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "customer", AttributeType: "S" },
        { AttributeName: "number", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "customer", KeyType: "HASH" },
        { AttributeName: "number", KeyType: "RANGE" },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  await waitUntilTableExists({ client: us, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  const { TableNames } = await us.send(new ListTablesCommand({}));
  assert.ok(TableNames.includes(TableName));
});

test("items of numbers as sort keys come in the order of numbers", async () => {
  const numbers = ["-10", "-9.5", "0", "2", "10", "1e3"];
  await us.send(
    new BatchWriteItemCommand({
      RequestItems: {
        [TableName]: numbers.map((N) => ({ PutRequest: { Item: { customer: { S: "c" }, number: { N } } } })),
      },
    }),
  );
  const page = await us.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "customer = :c AND #n > :low",
      ExpressionAttributeNames: { "#n": "number" },
      ExpressionAttributeValues: { ":c": { S: "c" }, ":low": { N: "-10" } },
    }),
  );
  assert.deepEqual(
    page.Items.map((item) => item.number.N),
    ["-9.5", "0", "2", "10", "1000"],
  );
});

test("errors are the SDK's own classes", async () => {
  const Item = { customer: { S: "once" }, number: { N: "1" } };
  const put = new PutItemCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(customer)" });
  await us.send(put);
  await assert.rejects(us.send(put), ConditionalCheckFailedException);
  put.input.ReturnValuesOnConditionCheckFailure = "ALL_OLD";
  await assert.rejects(us.send(put), (error) => error.Item?.customer?.S === "once");
  await assert.rejects(us.send(new PutItemCommand({ TableName: "nowhere", Item })), ResourceNotFoundException);
});

test("a transaction is written whole or not at all", async () => {
  const Key = { customer: { S: "transacted" }, number: { N: "1" } };
  const write = new TransactWriteItemsCommand({
    TransactItems: [
      { Update: { TableName, Key, UpdateExpression: "ADD v :one", ExpressionAttributeValues: { ":one": { N: "1" } } } },
      { Put: { TableName, Item: { ...Key, number: { N: "2" } }, ConditionExpression: "attribute_not_exists(customer)" } },
    ],
  });
  await us.send(write);
  await assert.rejects(us.send(write), (error) => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.match(error.message, /specific reasons \[None, ConditionalCheckFailed\]$/);
    assert.deepEqual(
      error.CancellationReasons.map(({ Code }) => Code),
      ["None", "ConditionalCheckFailed"],
    );
    return true;
  });
  const read = await us.send(
    new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key } }], ReturnConsumedCapacity: "TOTAL" }),
  );
  assert.equal(read.Responses[0].Item.v.N, "1");
  assert.deepEqual(read.ConsumedCapacity, [{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
});

test("binary and sets go there and back", async () => {
  const Item = { customer: { S: "b" }, number: { N: "1" }, b: { B: new Uint8Array([0, 255]) }, s: { NS: ["1", "2"] } };
  await us.send(new PutItemCommand({ TableName, Item }));
  const { Responses } = await us.send(
    new BatchGetItemCommand({
      RequestItems: { [TableName]: { Keys: [{ customer: Item.customer, number: Item.number }], ConsistentRead: true } },
    }),
  );
  assert.deepEqual([...Responses[TableName][0].b.B], [0, 255]);
});

test("a replica is added, and follows", async () => {
  await us.send(new UpdateTableCommand({ TableName, ReplicaUpdates: [{ Create: { RegionName: "eu-west-1" } }] }));
  await until(async () => {
    const { Table } = await us.send(new DescribeTableCommand({ TableName }));
    return Table.Replicas?.some((r) => r.RegionName === "eu-west-1" && r.ReplicaStatus === "ACTIVE");
  }, "the replica");
  const Key = { customer: { S: "counter" }, number: { N: "0" } };
  for (let i = 0; i < 10; i++) {
    await us.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: "ADD hits :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
      }),
    );
  }
  await until(async () => {
    const { Item } = await eu.send(new GetItemCommand({ TableName, Key }));
    return Item?.hits?.N === "10";
  }, "ten hits in eu-west-1");
});

test("a scan is paginated", async () => {
  let count = 0;
  for await (const page of paginateScan({ client: us, pageSize: 3 }, { TableName })) count += page.Count;
  assert.equal(count, 11);
});

test("the stream tells every insert once, in each shard's order", async () => {
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
  const StreamArn = Streams[0].StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const inserted = [];
  for (const { ShardId } of StreamDescription.Shards) {
    let { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
    );
    const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    const numbers = Records.map((record) => BigInt(record.dynamodb.SequenceNumber));
    assert.deepEqual(numbers, [...numbers].sort((a, b) => (a < b ? -1 : 1)));
    inserted.push(...Records.filter((record) => record.eventName === "INSERT"));
  }
  assert.equal(inserted.length, 11);
});

test("statements of PartiQL run", async () => {
  const run = (Statement, Parameters) => us.send(new ExecuteStatementCommand({ Statement, Parameters }));
  const insert = () => run("INSERT INTO orders VALUE {'customer': 'partiql', 'number': ?}", [{ N: "1" }]);
  await insert();
  await assert.rejects(insert, DuplicateItemException);
  const { Items } = await run("SELECT number FROM orders WHERE customer = 'partiql'");
  assert.deepEqual(Items, [{ number: { N: "1" } }]);
  const transact = (...statements) =>
    us.send(new ExecuteTransactionCommand({ TransactStatements: statements.map((Statement) => ({ Statement })) }));
  await transact(
    "UPDATE orders SET total = 5 WHERE customer = 'partiql' AND number = 1",
    "EXISTS(SELECT * FROM orders WHERE customer = 'partiql' AND number = 2 AND total IS MISSING)",
  );
  const { Responses } = await transact("SELECT total FROM orders WHERE customer = 'partiql' AND number = 1");
  assert.deepEqual(Responses, [{ Item: { total: { N: "5" } } }]);
});
