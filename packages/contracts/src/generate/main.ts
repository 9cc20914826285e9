import { join } from "node:path";
import { writeGenerated } from "./write-generated";

async function main(): Promise<void> {
  const { written, removed } = await writeGenerated(join(__dirname, "../.."));
  const lines = [...written, ...removed.map((path) => `${path} removed`)];
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

void main();
