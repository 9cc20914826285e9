import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { render } from "./render";

const packageRoot = join(__dirname, "../..");

async function main(): Promise<void> {
  for (const [path, text] of await render(packageRoot)) {
    mkdirSync(dirname(join(packageRoot, path)), { recursive: true });
    writeFileSync(join(packageRoot, path), text);
  }
}

void main();
