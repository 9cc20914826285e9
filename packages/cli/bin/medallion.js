#!/usr/bin/env -S node --max-semi-space-size=64
// Committed, so that npm can link it before anything is built. A run makes many short-lived objects: a larger young
// generation spares a tenth of its time.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const main = join(__dirname, "../dist/main.js");
if (!existsSync(main)) {
  process.stderr.write("medallion is not built yet: run `npm run set-up` in the project first\n");
  process.exit(1);
}
require(main);
