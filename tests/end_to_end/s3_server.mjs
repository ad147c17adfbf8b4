// SPDX-License-Identifier: Apache-2.0
// s3rver, a server of S3's API: node s3_server.mjs DIRECTORY BUCKET. Prints its port when it serves.

import crypto from "node:crypto";
import S3rver from "s3rver";

// It makes its continuation tokens with DES, which today's OpenSSL does not have. The tests page by key.
const original = crypto.createCipheriv;
crypto.createCipheriv = (name, key, iv) =>
  name === "des" ? original("aes-128-cbc", Buffer.alloc(16), Buffer.alloc(16)) : original(name, key, iv);

const [directory, bucket] = process.argv.slice(2);
const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  directory,
  silent: true,
  vhostBuckets: false,
  configureBuckets: [{ name: bucket, configs: [] }],
});
const { port } = await server.run();
console.log(port);
