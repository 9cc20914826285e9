#!/usr/bin/env node
// Committed, so that npm can link it before anything is built.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const main = join(__dirname, "../dist/worker/main.js");
if (!existsSync(main)) {
  process.stderr.write("beam-worker is not built yet: build its package first\n");
  process.exit(1);
}
require(main)
  .runWorker(process.argv.slice(2))
  .then((exitCode) => process.exit(exitCode));
