// Brings a checkout to where everything runs: installs what the lock file names, builds every package. Does nothing twice.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

const INSTALLED = "node_modules/.package-lock.json";

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    stdio: ["ignore", 2, 2],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  if (error) throw error;
  if (status !== 0) {
    process.stderr.write(`set-up stopped: ${command} ${args.join(" ")} ended with ${status}\n`);
    process.exit(1);
  }
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node ${process.versions.node} is too old: install Node 20.19 or newer\n`);
  process.exit(1);
}
if (!existsSync(INSTALLED) || statSync(INSTALLED).mtimeMs < statSync("package-lock.json").mtimeMs) {
  run("npm", ["ci", "--no-fund", "--no-audit"]);
}
run("npx", ["turbo", "run", "build", "--output-logs=errors-only"]);
