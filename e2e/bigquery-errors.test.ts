import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import {
  type BigQueryEmulator,
  startBigQueryEmulator,
  withoutBigQueryEmulator,
} from "@junoplus/warehouse/testing/bigquery-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ErrorCase, FaultPlace } from "./error-cases/fault-place";
import { loadCases } from "./error-cases/load-cases";
import { localCases } from "./error-cases/local-cases";
import { publishCases } from "./error-cases/publish-cases";
import { sourceCases } from "./error-cases/source-cases";
import { warehouseCases } from "./error-cases/warehouse-cases";
import { loadSample } from "./testing/changelog-dataset";
import { markdownRows } from "./testing/markdown-table";
import { tempDirectory } from "./testing/temp-directory";

const directory = tempDirectory();
const rows = markdownRows(readFileSync(join(__dirname, "../docs/errors.md"), "utf8"), "fault");

describe.skipIf(withoutBigQueryEmulator)("docs/errors.md (an emulator, needs Python 3.13)", () => {
  let emulator: BigQueryEmulator;
  let cases: Readonly<Record<string, ErrorCase>>;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator({ messageRows: 50 });
    const { api } = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
    await loadSample(api, "logs", directory);
    const place = new FaultPlace(emulator, api, directory);
    cases = {
      ...localCases(place),
      ...sourceCases(place),
      ...warehouseCases(place),
      ...loadCases(place),
      ...publishCases(place),
    };
  }, 300_000);
  afterAll(() => emulator?.stop());

  test("every fault of the table is brought about here, and no other", () => {
    expect(rows.map((row) => row["fault"]).sort()).toEqual(Object.keys(cases).sort());
  });

  // Most of what is read again is waited for, and changes nothing: at once. The emulator would mix up those that write.
  const isWaiting = (row: Row) =>
    row["tried again"]?.startsWith("yes") === true &&
    /^(tables\.get|CreateReadSession|ReadRows)$/.test(row["at"] ?? "");
  describe.for([true, false])("read again: %s", (isRead) => {
    const chosen = rows.filter((row) => isWaiting(row) === isRead);
    test.for(chosen.map((row) => [row["fault"] ?? "", row] as const))(
      "%s",
      {
        timeout: 120_000,
        concurrent: isRead,
      },
      ([fault, row]) => holds(row, cases[fault]),
    );
  });
});

type Row = (typeof rows)[number];

async function holds(row: Row, brought: ErrorCase | undefined): Promise<void> {
  const outcome = await brought?.();
  expect(`${outcome?.code}`, outcome?.told).toBe(row["exit"]);
  const words = row["what the run says"] ?? "";
  if (words === "nothing") expect(outcome?.told).toBe("");
  else expectInOrder(outcome?.told ?? "", words.split(" … "));
  // No stack, and no value of the data.
  expect(outcome?.told).not.toMatch(/\n\s+at |secret/);
  if (outcome?.published !== undefined) expect(outcome.published).toBe(row["exit"] === "0" ? 1 : 0);
  if (row["tried again"] === "no") expect(outcome?.struck ?? 1).toBe(1);
  if (row["tried again"] === "yes") expect(outcome?.struck).toBeGreaterThan(0);
}

function expectInOrder(text: string, words: readonly string[]): void {
  let from = 0;
  for (const part of words) {
    const at = text.indexOf(part, from);
    expect(at, `"${part}" in: ${text}`).toBeGreaterThanOrEqual(from);
    from = at + part.length;
  }
}
