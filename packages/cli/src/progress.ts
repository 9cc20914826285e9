import type { Counters } from "@junoplus/beam-runtime";

/** What a run is doing; stages come in this order. */
export type Stage = "fetch" | "read" | "load" | "check" | "publish";

/** Tells an operator what a run does while it runs. Everything goes to stderr: stdout is for results. */
export interface Progress {
  stage(stage: Stage, detail: string): void;
  counters(counters: Counters): void;
  warn(message: string): void;
  done(): void;
}

/** Where progress is written: stderr, or a test's own. */
export interface ProgressSink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  fetch: "fetching",
  read: "reading",
  load: "loading",
  check: "checking",
  publish: "publishing",
};

/** Progress for people: one line that renews itself on a terminal, one line a stage elsewhere. `now` gives milliseconds. */
export function textProgress(sink: ProgressSink, now: () => number): Progress {
  let started = now();
  let current: Stage = "read";
  let lineOpen = false;
  const line = (text: string): void => {
    if (sink.isTTY !== true) return;
    sink.write(`\r\u001b[2K${text}`);
    lineOpen = true;
  };
  const print = (text: string): void => {
    sink.write(`${lineOpen ? "\r\u001b[2K" : ""}${text}\n`);
    lineOpen = false;
  };
  return {
    stage(stage, detail) {
      if (stage !== current) started = now();
      current = stage;
      if (sink.isTTY === true) line(`${STAGE_WORDS[stage]} ${detail}`);
      else print(`${STAGE_WORDS[stage]} ${detail}`);
    },
    counters(counters) {
      const { changes, rows } = totals(counters);
      const seconds = Math.max((now() - started) / 1000, 0.001);
      line(
        `${STAGE_WORDS[current]} ${number(changes)} changes (${number(changes / seconds)}/s), ${number(rows)} rows written`,
      );
    },
    warn(message) {
      print(`warning: ${message}`);
    },
    done() {
      if (lineOpen) sink.write("\r\u001b[2K");
      lineOpen = false;
    },
  };
}

/** Progress for machines: one JSON object a line. `now` gives milliseconds since 1970. */
export function jsonProgress(sink: ProgressSink, now: () => number): Progress {
  const event = (fields: Readonly<Record<string, unknown>>): void => {
    sink.write(`${JSON.stringify({ time: new Date(now()).toISOString(), ...fields })}\n`);
  };
  return {
    stage: (stage, detail) => event({ event: "stage", stage, detail }),
    counters: (counters) => event({ event: "progress", ...totals(counters) }),
    warn: (message) => event({ event: "warning", message }),
    done: () => event({ event: "done" }),
  };
}

/** Changes read and rows written so far, over all tables. */
function totals(counters: Counters): { changes: number; rows: number } {
  let changes = 0;
  let rows = 0;
  for (const [name, value] of Object.entries(counters)) {
    if (name.startsWith("changes/") && name.endsWith("/read")) changes += value;
    if (name.startsWith("written/")) rows += value;
  }
  return { changes, rows };
}

/** A count with thousands separators, whatever the machine's locale. */
export function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
