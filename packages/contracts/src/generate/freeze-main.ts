import { join } from "node:path";
import { FrozenContractError, freeze } from "./freeze";

try {
  const frozen = freeze(join(__dirname, "../.."));
  process.stdout.write(frozen.map((path) => `${path}\n`).join(""));
} catch (error) {
  if (!(error instanceof FrozenContractError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
