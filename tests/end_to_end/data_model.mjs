// SPDX-License-Identifier: Apache-2.0
// A small shop in a single table, as DynamoDB-Toolbox models it: customers with their orders, and a stock of
// products. Every request is one that the library writes.
import assert from "node:assert/strict";
import test from "node:test";
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import {
  $add,
  $append,
  $delete,
  $remove,
  $set,
  BatchDeleteRequest,
  BatchGetCommand,
  BatchGetRequest,
  BatchPutRequest,
  BatchWriteCommand,
  ConditionCheck,
  DeleteItemCommand,
  DeletePartitionCommand,
  Entity,
  GetItemCommand,
  GetTransaction,
  PutItemCommand,
  PutTransaction,
  QueryCommand,
  ScanCommand,
  Table,
  UpdateItemCommand,
  UpdateTransaction,
  executeBatchGet,
  executeBatchWrite,
  executeTransactGet,
  executeTransactWrite,
  item,
  list,
  map,
  number,
  set,
  string,
} from "dynamodb-toolbox";

const client = new DynamoDBClient({
  endpoint: process.env.GYRE_US,
  region: "us-east-1",
  credentials: { accessKeyId: "gyre", secretAccessKey: "gyre" },
});

const shop = new Table({
  documentClient: DynamoDBDocumentClient.from(client),
  name: "shop",
  partitionKey: { name: "pk", type: "string" },
  sortKey: { name: "sk", type: "string" },
});

const Customer = new Entity({
  name: "Customer",
  table: shop,
  schema: item({
    customer: string().key(),
    email: string(),
    spent: number().default(0),
    tags: set(string()).optional(),
    address: map({ city: string(), street: string().optional() }).optional(),
  }),
  computeKey: ({ customer }) => ({ pk: `CUSTOMER#${customer}`, sk: "PROFILE" }),
});

const Order = new Entity({
  name: "Order",
  table: shop,
  schema: item({
    customer: string().key(),
    order: string().key(),
    status: string().enum("open", "paid", "sent").default("open"),
    total: number(),
    lines: list(map({ product: string(), count: number() })).default([]),
  }),
  computeKey: ({ customer, order }) => ({ pk: `CUSTOMER#${customer}`, sk: `ORDER#${order}` }),
});

const Product = new Entity({
  name: "Product",
  table: shop,
  schema: item({ product: string().key(), stock: number() }),
  computeKey: ({ product }) => ({ pk: "PRODUCT", sk: product }),
});

const get = async (entity, key) =>
  (await entity.build(GetItemCommand).key(key).options({ consistent: true }).send()).Item;

test("the table is made", async () => {
  const string = (AttributeName) => ({ AttributeName, AttributeType: "S" });
  await client.send(
    new CreateTableCommand({
      TableName: "shop",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [string("pk"), string("sk")],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
});

test("an entity is put once, with its defaults", async () => {
  const ada = { customer: "ada", email: "ada@example.org", tags: new Set(["new"]), address: { city: "London" } };
  const put = Customer.build(PutItemCommand)
    .item(ada)
    .options({ condition: { attr: "customer", exists: false } });
  await put.send();
  await assert.rejects(put.send(), ConditionalCheckFailedException);
  const { created, modified, ...stored } = await get(Customer, { customer: "ada" });
  assert.equal(created, modified);
  assert.deepEqual(stored, { ...ada, spent: 0 });
});

test("updates add, append, set and remove deep inside", async () => {
  const { Attributes } = await Customer.build(UpdateItemCommand)
    .item({
      customer: "ada",
      spent: $add(20),
      tags: $add(new Set(["loyal"])),
      address: { street: "St James's Square" },
    })
    .options({ returnValues: "ALL_NEW", condition: { attr: "spent", lt: 10 } })
    .send();
  assert.equal(Attributes.spent, 20);
  assert.deepEqual(Attributes.tags, new Set(["loyal", "new"]));
  assert.deepEqual(Attributes.address, { city: "London", street: "St James's Square" });

  await Customer.build(UpdateItemCommand)
    .item({ customer: "ada", address: $set({ city: "Marylebone" }), tags: $delete(new Set(["new"])) })
    .send();
  const ada = await get(Customer, { customer: "ada" });
  assert.deepEqual(ada.address, { city: "Marylebone" });
  assert.deepEqual(ada.tags, new Set(["loyal"]));

  await Customer.build(UpdateItemCommand).item({ customer: "ada", tags: $remove() }).send();
  assert.equal((await get(Customer, { customer: "ada" })).tags, undefined);
});

test("batches write and read entities of all kinds", async () => {
  await executeBatchWrite(
    shop.build(BatchWriteCommand).requests(
      Product.build(BatchPutRequest).item({ product: "loom", stock: 2 }),
      Product.build(BatchPutRequest).item({ product: "punch card", stock: 500 }),
      Order.build(BatchPutRequest).item({ customer: "ada", order: "0001", total: 7 }),
      Order.build(BatchPutRequest).item({ customer: "ada", order: "0002", total: 9, status: "paid" }),
      Customer.build(BatchDeleteRequest).key({ customer: "nobody" }),
    ),
  );
  const { Responses } = await executeBatchGet(
    shop
      .build(BatchGetCommand)
      .requests(
        Product.build(BatchGetRequest).key({ product: "loom" }),
        Customer.build(BatchGetRequest).key({ customer: "nobody" }),
        Order.build(BatchGetRequest).key({ customer: "ada", order: "0002" }),
      ),
  );
  const [loom, nobody, order] = Responses[0];
  assert.deepEqual([loom.stock, nobody, order.status], [2, undefined, "paid"]);
});

/// One transaction: the stock must last, the customer must be known, and all three change together.
const buy = (order, product, count, price) =>
  executeTransactWrite(
    Product.build(UpdateTransaction)
      .item({ product, stock: $add(-count) })
      .options({ condition: { attr: "stock", gte: count } }),
    Order.build(PutTransaction).item({ customer: "ada", order, total: count * price, lines: [{ product, count }] }),
    Customer.build(UpdateTransaction)
      .item({ customer: "ada", spent: $add(count * price) })
      .options({ condition: { attr: "email", exists: true } }),
    Product.build(ConditionCheck).key({ product: "punch card" }).condition({ attr: "stock", gt: 0 }),
  );

test("an order takes from the stock, or nothing happens", async () => {
  await buy("0003", "loom", 2, 50);
  await assert.rejects(buy("0004", "loom", 1, 50), (error) => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.deepEqual(
      error.CancellationReasons.map((reason) => reason.Code),
      ["ConditionalCheckFailed", "None", "None", "None"],
    );
    return true;
  });
  const { Responses } = await executeTransactGet(
    Product.build(GetTransaction).key({ product: "loom" }),
    Customer.build(GetTransaction).key({ customer: "ada" }),
    Order.build(GetTransaction).key({ customer: "ada", order: "0004" }),
  );
  assert.equal(Responses[0].Item.stock, 0);
  assert.equal(Responses[1].Item.spent, 120);
  assert.equal(Responses[2].Item, undefined);
});

test("queries read ranges, filter, turn round and go on page by page", async () => {
  const orders = shop
    .build(QueryCommand)
    .entities(Order)
    .query({ partition: "CUSTOMER#ada", range: { beginsWith: "ORDER#" } });
  const numbers = async (query) => (await query.send()).Items.map(({ order }) => order);
  assert.deepEqual(await numbers(orders), ["0001", "0002", "0003"]);
  assert.deepEqual(await numbers(orders.options({ reverse: true, limit: 2 })), ["0003", "0002"]);
  const open = { filters: { Order: { and: [{ attr: "status", eq: "open" }, { attr: "lines[0].product", exists: true }] } } };
  assert.deepEqual(await numbers(orders.options(open)), ["0003"]);

  const between = orders.query({ partition: "CUSTOMER#ada", range: { between: ["ORDER#0002", "ORDER#0003"] } });
  const first = await between.options({ limit: 1 }).send();
  const rest = await between.options({ exclusiveStartKey: first.LastEvaluatedKey }).send();
  assert.deepEqual([...first.Items, ...rest.Items].map(({ order }) => order), ["0002", "0003"]);
});

test("a line is appended to an order", async () => {
  await Order.build(UpdateItemCommand)
    .item({ customer: "ada", order: "0003", lines: $append([{ product: "punch card", count: 100 }]) })
    .send();
  const { lines } = await get(Order, { customer: "ada", order: "0003" });
  assert.deepEqual(lines, [
    { product: "loom", count: 2 },
    { product: "punch card", count: 100 },
  ]);
});

test("a scan finds every entity and knows which it is", async () => {
  const { Items } = await shop
    .build(ScanCommand)
    .entities(Customer, Order, Product)
    .options({ limit: 4, maxPages: Infinity, showEntityAttr: true })
    .send();
  const kinds = Items.map(({ entity }) => entity).sort();
  assert.deepEqual(kinds, ["Customer", "Order", "Order", "Order", "Product", "Product"]);
});

test("deletes take one entity, or a whole partition", async () => {
  const { Attributes } = await Order.build(DeleteItemCommand)
    .key({ customer: "ada", order: "0001" })
    .options({ returnValues: "ALL_OLD", condition: { attr: "status", ne: "sent" } })
    .send();
  assert.equal(Attributes.total, 7);
  await shop.build(DeletePartitionCommand).entities(Customer, Order).query({ partition: "CUSTOMER#ada" }).send();
  assert.equal(await get(Customer, { customer: "ada" }), undefined);
  assert.equal((await get(Product, { product: "loom" })).stock, 0);
});
