import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How a publisher is started and when it dies. */
export interface PublisherDeath {
  readonly url: string;
  readonly folder: string;
  readonly firstGeneration: number;
  readonly rowsAShard: number;
  readonly bigQueryEndpoint?: string;
  /** It dies a while after it said this for the n-th time. */
  readonly phase: string;
  readonly occurrence: number;
  readonly waitMs: number;
}

/** Runs `publish-loop.ts` in a process of its own and kills it with SIGKILL. */
export async function killPublisher(death: PublisherDeath): Promise<void> {
  const { url, folder, firstGeneration, rowsAShard, bigQueryEndpoint } = death;
  const args = [url, folder, String(firstGeneration), String(rowsAShard), bigQueryEndpoint ?? []].flat();
  const script = join(__dirname, "publish-loop.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  let said = 0;
  for await (const line of createInterface(child.stdout)) {
    if (line === death.phase) said += 1;
    if (said < death.occurrence) continue;
    await new Promise((resolve) => setTimeout(resolve, death.waitMs));
    child.kill("SIGKILL");
    break;
  }
  const [, signal] = await ended;
  if (signal !== "SIGKILL") throw new Error("the publisher ended before it was killed");
}
