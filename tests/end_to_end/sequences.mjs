// SPDX-License-Identifier: Apache-2.0
// Replays sequences/*.json: what infrastructure tools ask of DynamoDB, what they read in the answers, and what
// they wait for. sequences/README.md says what stands in a sequence.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const FOLDER = new URL("sequences/", import.meta.url);
const PATIENCE_MS = 60_000;

// One client for each region. A retry would hide an error that the tool does not expect.
const clients = new Map(
  Object.entries(JSON.parse(process.env.GYRE_ENDPOINTS)).map(([region, endpoint]) => {
    const settings = { endpoint, region, maxAttempts: 1, credentials: { accessKeyId: "gyre", secretAccessKey: "gyre" } };
    return [region, { dynamodb: new dynamodb.DynamoDBClient(settings), sts: new STSClient(settings) }];
  }),
);

function send(step) {
  const client = clients.get(step.in ?? "us-east-1");
  if (step.call === "GetCallerIdentity") return client.sts.send(new GetCallerIdentityCommand(step.input));
  const Command = dynamodb[`${step.call}Command`];
  assert.ok(Command, `the SDK has no ${step.call}`);
  return client.dynamodb.send(new Command(step.input));
}

// "Table.Replicas[RegionName=eu-west-1].ReplicaStatus"; undefined where nothing is.
function find(reply, path) {
  let value = reply;
  for (const [, name, key, wanted] of path.matchAll(/([^.[\]]+)(?:\[(\w+)=([^\]]+)\])?/g)) {
    value = value?.[name];
    if (key !== undefined) value = value?.find((element) => element[key] === wanted);
  }
  return value;
}

// null stands for what is absent, {"matches": "^a"} for any value whose text fits.
function fits(value, wanted) {
  if (wanted === null) return value === undefined;
  if (wanted?.matches !== undefined) return value !== undefined && new RegExp(wanted.matches).test(JSON.stringify(value).replace(/^"|"$/g, ""));
  try {
    assert.deepEqual(value, wanted);
    return true;
  } catch {
    return false;
  }
}

function check(reply, reads, what) {
  for (const [path, wanted] of Object.entries(reads)) {
    const found = JSON.stringify(find(reply, path));
    assert.ok(fits(find(reply, path), wanted), `${what}: ${path} is ${found}, not ${JSON.stringify(wanted)}`);
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

async function outcome(step) {
  try {
    return { reply: await send(step) };
  } catch (error) {
    return { error };
  }
}

// As the tools wait: each answer shows a state that they know, until it is the one that they want.
async function wait(step, what) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { reply, error } = await outcome(step);
    if (error) {
      assert.equal(error.name, step.until, `${what}: ${error}`);
      return;
    }
    const arrived = typeof step.until !== "string" && Object.entries(step.until).every(([path, wanted]) => fits(find(reply, path), wanted));
    if (arrived) return;
    for (const [path, states] of Object.entries(step.pending ?? {})) {
      const allowed = [...states, ...(step.until[path] !== undefined ? [step.until[path]] : [])];
      const found = find(reply, path);
      assert.ok(allowed.some((state) => fits(found, state)), `${what}: ${path} is ${JSON.stringify(found)}`);
    }
    assert.ok(Date.now() < deadline, `${what}: waited in vain for ${JSON.stringify(step.until)}`);
    await pause();
  }
}

async function call(step, what) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { reply, error } = await outcome(step);
    if (error && step.tries_again_after?.includes(error.name) && Date.now() < deadline) {
      await pause();
      continue;
    }
    if (step.error) {
      assert.equal(error?.name, step.error, `${what}: ${error ?? JSON.stringify(reply)}`);
      assert.ok(error.message.includes(step.says ?? ""), `${what}: ${error.message}`);
      return;
    }
    assert.ok(!error, `${what}: ${error}`);
    check(reply, step.reads ?? {}, what);
    return;
  }
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".json"))) {
  const sequence = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
  test(`${sequence.tools.join(", ")}: ${sequence.does}`, async () => {
    for (const [number, step] of sequence.steps.entries()) {
      const what = `${file}, step ${number + 1}, ${step.call} in ${step.in ?? "us-east-1"}`;
      await (step.until ? wait(step, what) : call(step, what));
    }
  });
}
