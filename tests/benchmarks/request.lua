-- SPDX-License-Identifier: Apache-2.0
-- wrk script: one DynamoDB operation on random keys. Arguments: operation, number of keys, bytes of a value.
local operation, keys, bytes

function init(arguments)
  operation, keys, bytes = arguments[1], tonumber(arguments[2]), tonumber(arguments[3])
  math.randomseed(tonumber(arguments[4]))
  pad = string.rep("x", bytes)
end

local headers = {
  ["Content-Type"] = "application/x-amz-json-1.0",
  ["X-Amz-Date"] = "20260101T000000Z",
  ["Authorization"] = "AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
}

local written = 0

function request()
  local key = '"pk":{"S":"key' .. math.random(keys) .. '"}'
  headers["X-Amz-Target"] = "DynamoDB_20120810." .. operation
  local body
  if operation == "PutItem" then
    -- The counter makes every put a change: an equal value would write nothing.
    written = written + 1
    body = '{"TableName":"bench","Item":{' .. key .. ',"n":{"N":"' .. written .. '"},"pad":{"S":"' .. pad .. '"}}}'
  else
    body = '{"TableName":"bench","Key":{' .. key .. '}}'
  end
  return wrk.format("POST", "/", headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests * 1000000 / summary.duration, latency:percentile(50),
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
