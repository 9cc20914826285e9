import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createFrom, fileRanges } from "@junoplus/beam-runtime";
import { P } from "@junoplus/beam-runtime/sdk";
import { type CoderFigures, measureCoder, measuredCoders } from "@junoplus/beam-runtime/testing/measure-coder";
import { collect } from "@junoplus/beam-runtime/testing/run-and-collect";
import { changes } from "@junoplus/bronze-ingest";
import { silverTable, therapySessions } from "@junoplus/silver-transforms";
import { say } from "./say";

const AS_OF = "2025-01-01T00:00:00.000000Z";
const MOST_ROWS = 10_000;

/** Silver sessions of a change log. */
async function sessionRows(changelog: string): Promise<readonly unknown[]> {
  const files = readdirSync(changelog)
    .filter((name) => name.startsWith(`${therapySessions.from.prefix}_`))
    .map((name) => ({ path: join(changelog, name), bytes: statSync(join(changelog, name)).size }));
  const { outputs } = await collect((root) => {
    const logged = root.apply(createFrom(fileRanges(files))).apply(changes(therapySessions.from));
    return { rows: P({ logged }).apply(silverTable(therapySessions, { asOf: AS_OF })).rows };
  });
  return (outputs["rows"] ?? []).slice(0, MOST_ROWS);
}

/** Coders side by side, as a table on stdout: what one row of the silver sessions costs in each. */
export async function benchCoders(rounds: number, changelog: string): Promise<void> {
  const rows = await sessionRows(changelog);
  const coders = Object.entries(measuredCoders(therapySessions.to.columns));
  const best = new Map<string, CoderFigures>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, coder] of coders) {
      const now = measureCoder(coder, rows);
      const before = best.get(name) ?? now;
      best.set(name, {
        bytes: now.bytes,
        write: Math.min(before.write, now.write),
        read: Math.min(before.read, now.read),
      });
    }
  }
  say("");
  say(`one of ${rows.length} rows of ${therapySessions.to.columns.length} columns, best of ${rounds}`);
  say("                    bytes  ns to write   ns to read");
  for (const [name, { bytes, write, read }] of best) {
    say(name.padEnd(12) + [bytes, write, read].map((figure) => figure.toFixed(0).padStart(13)).join(""));
  }
}
