import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ChangelogContract, changelogContracts } from "@junoplus/contracts";
import { describe, expect, test } from "vitest";
import type { LoggedChange } from "./change";
import { type ResolvedDocument, resolveChanges } from "./document-changes";
import { canonicalPath } from "./document-path";
import { readChange } from "./read-change";

const sample = join(__dirname, "../../../examples/changelog-sample");

interface Winner {
  readonly document_name: string;
  readonly timestamp: string;
  readonly event_id: string;
  readonly operation: string;
  /** Where the winning change stands, each copy of it; the first line is 1. */
  readonly lines: readonly number[];
}

interface CollectionTruth {
  readonly rows: number;
  readonly documents: number;
  readonly live: readonly Winner[];
  readonly deleted: readonly Winner[];
  readonly unreadable: readonly string[];
  readonly mess: Readonly<Record<string, readonly { readonly line: number }[]>>;
}

const truth = JSON.parse(readFileSync(join(sample, "truth.json"), "utf8")) as {
  readonly collections: Readonly<Record<string, CollectionTruth>>;
};

/** What the truth calls wrong and the contracts allow: a date for a Timestamp, null, comma text, no range for doses, a field that is not read. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  therapy_sessions_data: /"is_near_period":"/,
  user_health_data: /"dateOfBirth":"\d{4}-\d{2}-\d{2}"/,
  medications_data: /"dosage":-\d|"frequency":1000\b/,
  period_tracking_data: /"lastUpdate":"\d{4}-\d{2}-\d{2}"|"symptoms":(null|")/,
};

function linesOf(prefix: string): readonly string[] {
  const text = readFileSync(join(sample, `${prefix}_raw_changelog.ndjson`), "utf8");
  return text.split("\n").filter((line) => line !== "");
}

function resolveAll(read: readonly LoggedChange[]): ReadonlyMap<string, ResolvedDocument> {
  const accumulators = new Map<string, ReturnType<typeof resolveChanges.createAccumulator>>();
  for (const change of read) {
    const accumulator = accumulators.get(change.key) ?? resolveChanges.createAccumulator();
    accumulators.set(change.key, resolveChanges.addInput(accumulator, change));
  }
  return new Map([...accumulators].map(([key, accumulator]) => [key, resolveChanges.extractOutput(accumulator)]));
}

describe.each(changelogContracts.map((contract) => [contract.prefix, contract] as const))("%s", (prefix, contract) => {
  const expected = truth.collections[prefix];
  if (expected === undefined) throw new Error(`the truth does not know ${prefix}`);
  const lines = linesOf(prefix);
  const taggedAs = (...tags: readonly string[]): ReadonlySet<number> =>
    new Set(tags.flatMap((tag) => (expected.mess[tag] ?? []).map(({ line }) => line)));

  describe("by order alone", () => {
    // The truth knows no contract: here every readable document keeps it.
    const lenient: ChangelogContract = { ...contract, faults: () => [] };
    const read = lines.map((line) => readChange(lenient, line));
    const documents = resolveAll(read);
    const winners = [...documents.values()].map(({ winner }) => winner).filter((winner) => winner !== null);

    test("each live document and each deleted one has its winning change, and there are no others", () => {
      const found = winners.map(({ path, timestamp, eventId, operation, data }) => {
        const isSame = (change: LoggedChange): boolean =>
          change.path === path &&
          change.timestamp === timestamp &&
          change.eventId === eventId &&
          change.operation === operation &&
          change.data === data;
        const at = read.flatMap((change, i) => (isSame(change) ? [i + 1] : []));
        return `${path} ${timestamp} ${eventId} ${operation} ${at.join(",")}`;
      });
      const told = [...expected.live, ...expected.deleted].map(
        ({ document_name: name, timestamp, event_id: eventId, operation, lines: at }) =>
          `${canonicalPath(name)} ${timestamp} ${eventId} ${operation} ${at.join(",")}`,
      );
      expect(found.sort()).toEqual(told.sort());
    });

    test("each document without a readable change has no winner", () => {
      const without = [...documents].filter(([, { winner }]) => winner === null).map(([key]) => key);
      expect(without).toEqual(expected.unreadable.map(canonicalPath));
      expect(documents.size).toBe(expected.documents);
    });

    test("what is unreadable is rejected, and nothing else", () => {
      const unreadable = taggedAs("malformed_json", "literal_null_write");
      const rejected = read.flatMap(({ rejection }, i) => (rejection === null ? [] : [i + 1]));
      expect(rejected).toEqual([...unreadable].sort((a, b) => a - b));
    });
  });

  describe("by its contract", () => {
    const read = lines.map((line) => readChange(contract, line));
    const documents = [...resolveAll(read).values()];

    test("changes read are duplicates, rejected, superseded, deleted and live ones", () => {
      const total = (what: keyof ResolvedDocument["counts"]): number =>
        documents.reduce((sum, { counts }) => sum + counts[what], 0);
      expect(total("read")).toBe(expected.rows);
      expect(new Set(read.map(({ id }) => id)).size).toBe(expected.rows - total("duplicates"));
      expect(total("duplicates") + total("rejected") + total("superseded") + total("deleted") + total("live")).toBe(
        expected.rows,
      );
    });

    test("malformed data is invalid JSON, the text null breaks the contract", () => {
      const reasons = (tag: string): readonly unknown[] =>
        [...taggedAs(tag)].map((line) => read[line - 1]?.rejection?.reason);
      expect(new Set(reasons("malformed_json"))).toEqual(new Set(["invalid_json"]));
      expect(new Set(reasons("literal_null_write"))).toEqual(new Set(["breaks_contract"]));
    });

    test("a value out of its range or of a wrong type is rejected, and nothing else is", () => {
      const broken = taggedAs("malformed_json", "literal_null_write", "out_of_range", "wrong_type");
      const rejected = read.flatMap(({ rejection, rejectedEntries }, i) =>
        rejection === null && rejectedEntries.length === 0 ? [] : [i + 1],
      );
      expect(rejected.filter((line) => !broken.has(line))).toEqual([]);
      const accepted = [...broken].filter((line) => !rejected.includes(line)).map((line) => read[line - 1]?.data ?? "");
      expect(accepted.length).toBeGreaterThan(0);
      expect(accepted.filter((data) => !ALLOWED[prefix]?.test(data))).toEqual([]);
    });
  });
});
