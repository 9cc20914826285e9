#!/usr/bin/env node
// Committed, so that npm can link it before anything is built.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const main = join(__dirname, "../dist/worker-pool-main.js");
if (!existsSync(main)) {
  process.stderr.write("beam-worker-pool is not built yet: build its package first\n");
  process.exit(1);
}
require(main)
  .runWorkerPool(process.argv.slice(2))
  .then(
    () => process.exit(0),
    (error) => {
      const badArguments = error.name === "WorkerPoolArgumentsError";
      process.stderr.write(`${badArguments ? error.message : error.stack}\n`);
      process.exit(badArguments ? 2 : 1);
    },
  );
