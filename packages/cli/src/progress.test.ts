import { expect, test } from "vitest";
import { jsonProgress, number, type ProgressSink, textProgress } from "./progress";

function sink(isTTY: boolean): ProgressSink & { text: string } {
  return {
    isTTY,
    text: "",
    write(part: string) {
      this.text += part;
    },
  };
}

const COUNTERS = {
  "changes/a/read": 1500,
  "changes/b/read": 500,
  "written/silver_a": 30,
  "rows/silver_a/snapshots": 31,
};

test("on a terminal one line renews itself with changes, rate and rows", () => {
  const out = sink(true);
  let time = 0;
  const progress = textProgress(out, () => time);
  progress.stage("read", "2 files");
  time = 2000;
  progress.counters(COUNTERS);
  progress.done();
  expect(out.text).toContain("reading 2,000 changes (1,000/s), 30 rows written");
  expect(out.text).not.toContain("\n");
  expect(out.text.endsWith("\r\u001b[2K")).toBe(true);
});

test("elsewhere each stage is one line, and counters are none", () => {
  const out = sink(false);
  const progress = textProgress(out, () => 0);
  progress.stage("read", "2 files");
  progress.counters(COUNTERS);
  progress.warn("careful");
  progress.stage("publish", "8 tables");
  progress.done();
  expect(out.text).toBe("reading 2 files\nwarning: careful\npublishing 8 tables\n");
});

test("for machines every event is one JSON object a line", () => {
  const out = sink(false);
  const progress = jsonProgress(out, () => 0);
  progress.stage("read", "2 files");
  progress.counters(COUNTERS);
  const time = "1970-01-01T00:00:00.000Z";
  expect(
    out.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { time, event: "stage", stage: "read", detail: "2 files" },
    { time, event: "progress", changes: 2000, rows: 30 },
  ]);
});

test("counts have thousands separators", () => {
  expect([number(0), number(999.4), number(1234567)]).toEqual(["0", "999", "1,234,567"]);
});
