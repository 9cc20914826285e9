import type { ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";

const READY_MS = 60_000;

/** Waits until a server that has been started answers at a URL. Throws what asking breaks with once it has ended, or after a minute. */
export async function untilReady(server: ChildProcess, url: string): Promise<void> {
  const until = Date.now() + READY_MS;
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > until) throw error;
    }
    await setTimeout(100);
  }
}
