import { randomUUID } from "node:crypto";
import { sampleLines } from "./sample";

const DAY_MS = 86_400_000;

/** A change as the extension's table has it. */
export type LoggedChange = Readonly<Record<string, unknown>> & { readonly timestamp: string };

/** Changes of a log of the sample that have a time, the newest last. */
export function changesOf(prefix: string): readonly LoggedChange[] {
  return sampleLines(prefix)
    .map((line) => JSON.parse(line) as LoggedChange)
    .filter(({ timestamp }) => typeof timestamp === "string")
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
}

/** A change like another one, so many days after it. */
export function moved(change: LoggedChange, days: number, rest: Readonly<Record<string, unknown>> = {}): LoggedChange {
  const timestamp = new Date(Date.parse(change.timestamp.replace(" UTC", "Z").replace(" ", "T")) + days * DAY_MS);
  return { ...change, timestamp: timestamp.toISOString(), event_id: randomUUID(), ...rest };
}
