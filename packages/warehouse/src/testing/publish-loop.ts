import { openWarehouse } from "../open-warehouse";
import { history, things } from "./contracts";
import { generationShards, others } from "./generations";

/** Publishes generation after generation until it is killed: `publish-loop.ts URL FOLDER FIRST_GENERATION ROWS [ENDPOINT]`. */
async function publishForEver(
  url: string,
  folder: string,
  first: number,
  rows: number,
  bigQueryEndpoint?: string,
): Promise<void> {
  const warehouse = await openWarehouse(url, bigQueryEndpoint === undefined ? {} : { bigQueryEndpoint });
  await warehouse.ensure([things, others, history]);
  for (let generation = first; ; generation++) {
    const run = `generation-${generation}`;
    const shards = generationShards(folder, generation, rows);
    say("staging");
    for (const contract of [things, others, history]) {
      await warehouse.stage(run, contract, contract === history ? shards.slice(0, 1) : shards);
    }
    say("publishing");
    await warehouse.publish(run, [things, others, history]);
    say("published");
  }
}

function say(phase: string): void {
  process.stdout.write(`${phase}\n`);
}

const [url = "", folder = "", first = "1", rows = "1", endpoint] = process.argv.slice(2);
void publishForEver(url, folder, Number(first), Number(rows), endpoint);
