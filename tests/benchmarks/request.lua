-- SPDX-License-Identifier: Apache-2.0
-- wrk script: one path of bench.py with random keys. Arguments: path, number of keys, bytes of a value, seed.
local headers = {
  ["Content-Type"] = "application/x-amz-json-1.0",
  ["X-Amz-Date"] = "20260101T000000Z",
  ["Authorization"] = "AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
}

local body, keys, pad
local written = 0

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

-- `count` elements for different keys.
local function list(count, element)
  local first = math.random(keys - count)
  local elements = {}
  for i = 1, count do elements[i] = element(key(first + i)) end
  return table.concat(elements, ",")
end

local function query(partition)
  return '{"TableName":"ranges","KeyConditionExpression":"pk=:p","ExpressionAttributeValues":{":p":{"S":"' .. partition .. '"}}}'
end

local function scan(more)
  return '{"TableName":"bench","Limit":1000,"TotalSegments":50,"Segment":' .. math.random(0, 49) .. more .. '}'
end

-- By path: the operation, and the body of one request.
local paths = {
  PutItem = {"PutItem", function() return '{"TableName":"bench","Item":' .. item(any_key()) .. '}' end},
  PutItemIf = {"PutItem", function()
    return '{"TableName":"bench","ConditionExpression":"attribute_exists(pk) AND n >= :zero","ExpressionAttributeValues":{":zero":{"N":"0"}},"Item":'
      .. item(any_key()) .. '}'
  end},
  PutItemIndexed = {"PutItem", function() return '{"TableName":"indexed","Item":' .. item(any_key()) .. '}' end},
  UpdateItem = {"UpdateItem", function()
    return '{"TableName":"bench","Key":{' .. any_key()
      .. '},"UpdateExpression":"SET n = n + :one","ExpressionAttributeValues":{":one":{"N":"1"}}}'
  end},
  GetItem = {"GetItem", function() return '{"TableName":"bench","Key":{' .. any_key() .. '}}' end},
  Query20 = {"Query", function() return query("short" .. math.random(1000)) end},
  Query1000 = {"Query", function() return query("long" .. math.random(20)) end},
  Scan = {"Scan", function() return scan("") end},
  ScanFiltered = {"Scan", function()
    return scan(',"FilterExpression":"begins_with(#p, :y) OR n < :zero","ExpressionAttributeNames":{"#p":"pad"},"ExpressionAttributeValues":{":y":{"S":"y"},":zero":{"N":"0"}}')
  end},
  BatchWriteItem = {"BatchWriteItem", function()
    return '{"RequestItems":{"bench":[' .. list(25, function(its_key) return '{"PutRequest":{"Item":' .. item(its_key) .. '}}' end) .. ']}}'
  end},
  TransactWriteItems = {"TransactWriteItems", function()
    return '{"TransactItems":['
      .. list(10, function(its_key) return '{"Put":{"TableName":"bench","Item":' .. item(its_key) .. '}}' end) .. ']}'
  end},
}

function init(arguments)
  headers["X-Amz-Target"] = "DynamoDB_20120810." .. paths[arguments[1]][1]
  body = paths[arguments[1]][2]
  keys = tonumber(arguments[2])
  pad = string.rep("x", tonumber(arguments[3]))
  math.randomseed(tonumber(arguments[4]))
end

function request()
  return wrk.format("POST", "/", headers, body())
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests * 1000000 / summary.duration, latency:percentile(50),
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
