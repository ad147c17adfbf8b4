-- SPDX-License-Identifier: Apache-2.0
-- wrk script: one path of paths.py with random keys. Arguments: path, table, number of keys, bytes of a value, seed.
-- The path Fill writes every key once, in order, says FILLED, and goes on until it is stopped.
local headers = {
  ["Content-Type"] = "application/x-amz-json-1.0",
  ["X-Amz-Date"] = "20260101T000000Z",
  ["Authorization"] = "AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
}

local body, table_name, keys, pad
local written = 0
local kBatchItems = 25
local kVersionPartitions = 40  -- as in servers.py

local function key(number)
  return '"pk":{"S":"key' .. number .. '"}'
end

local function any_key()
  return key(math.random(keys))
end

-- The counter makes every put a change: an equal value would write nothing.
local function item(its_key)
  written = written + 1
  return '{' .. its_key .. ',"n":{"N":"' .. written .. '"},"pad":{"S":"' .. pad .. '"}}'
end

-- `count` elements for the keys behind `first`.
local function list(first, count, element)
  local elements = {}
  for i = 1, count do elements[i] = element(key(first + i)) end
  return table.concat(elements, ",")
end

local function query(partition)
  return '{"TableName":"' .. table_name .. '","KeyConditionExpression":"pk=:p","ExpressionAttributeValues":{":p":{"S":"' .. partition .. '"}}}'
end

local function batch(first)
  return '{"RequestItems":{"' .. table_name .. '":['
    .. list(first, kBatchItems, function(its_key) return '{"PutRequest":{"Item":' .. item(its_key) .. '}}' end) .. ']}}'
end

local function scan(more)
  return '{"TableName":"' .. table_name .. '","Limit":1000,"TotalSegments":50,"Segment":' .. math.random(0, 49) .. more .. '}'
end

-- The members of a request for one item.
local function of_item(more)
  return '{"TableName":"' .. table_name .. '",' .. more .. '}'
end

local next_batch = 0

-- By path: the operation, and the body of one request.
local paths = {
  PutItem = {"PutItem", function() return of_item('"Item":' .. item(any_key())) end},
  PutItemIf = {"PutItem", function()
    return of_item('"ConditionExpression":"attribute_exists(pk) AND n >= :zero","ExpressionAttributeValues":{":zero":{"N":"0"}},"Item":'
      .. item(any_key()))
  end},
  UpdateItem = {"UpdateItem", function()
    return of_item('"Key":{' .. any_key()
      .. '},"UpdateExpression":"SET n = n + :one","ExpressionAttributeValues":{":one":{"N":"1"}}')
  end},
  GetItem = {"GetItem", function() return of_item('"Key":{' .. any_key() .. '}') end},
  Query20 = {"Query", function() return query("short" .. math.random(1000)) end},
  QueryVersions = {"Query", function() return query("short" .. math.random(kVersionPartitions)) end},
  Query1000 = {"Query", function() return query("long" .. math.random(20)) end},
  Scan = {"Scan", function() return scan("") end},
  ScanFiltered = {"Scan", function()
    return scan(',"FilterExpression":"begins_with(#p, :y) OR n < :zero","ExpressionAttributeNames":{"#p":"pad"},"ExpressionAttributeValues":{":y":{"S":"y"},":zero":{"N":"0"}}')
  end},
  BatchWriteItem = {"BatchWriteItem", function() return batch(math.random(keys - kBatchItems)) end},
  TransactWriteItems = {"TransactWriteItems", function()
    return '{"TransactItems":[' .. list(math.random(keys - 10), 10, function(its_key)
      return '{"Put":{"TableName":"' .. table_name .. '","Item":' .. item(its_key) .. '}}'
    end) .. ']}'
  end},
  Fill = {"BatchWriteItem", function()
    next_batch = next_batch + 1
    return batch((next_batch - 1) * kBatchItems % keys)
  end},
}

-- wrk makes one request that it does not send, and has up to 256 under way: so many more answers, and all were written.
local function count_answers()
  local wanted = keys / kBatchItems + 257
  response = function()
    wanted = wanted - 1
    if wanted == 0 then
      io.write("FILLED\n")
      io.flush()
    end
  end
end

function init(arguments)
  headers["X-Amz-Target"] = "DynamoDB_20120810." .. paths[arguments[1]][1]
  body = paths[arguments[1]][2]
  table_name = arguments[2]
  keys = tonumber(arguments[3])
  pad = string.rep("x", tonumber(arguments[4]))
  math.randomseed(tonumber(arguments[5]))
  if arguments[1] == "Fill" then count_answers() end
end

function request()
  return wrk.format("POST", "/", headers, body())
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
