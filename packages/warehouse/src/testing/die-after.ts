import { openWarehouse } from "../open-warehouse";
import { STEPS } from "./life";

/** Takes one step in the life of a warehouse and dies before a checkpoint: `die-after.ts URL FOLDER STEP`. */
async function dieAfter(url: string, folder: string, step: number): Promise<void> {
  const warehouse = await openWarehouse(url);
  await STEPS[step]?.take(warehouse, folder);
  process.kill(process.pid, "SIGKILL");
}

const [url = "", folder = "", step = "0"] = process.argv.slice(2);
void dieAfter(url, folder, Number(step));
