import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChangelogContract, changelogContracts, type DocumentVersion } from "@junoplus/contracts";
import { interpretedChangelog } from "@junoplus/contracts/generate/interpreted-contract";
import { type ContractFolder, olderVersions, readContracts } from "@junoplus/contracts/generate/schema-file";
import { anyDocumentOf } from "@junoplus/contracts/testing/any-document";
import { builtContracts, VERSIONED_CONTRACT } from "@junoplus/contracts/testing/built-contracts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LoggedChange } from "./change";
import { documentOf, readDocument } from "./document";
import { readChange } from "./read-change";

const [newest] = readContracts(VERSIONED_CONTRACT) as [ContractFolder];
const versions = [...olderVersions(VERSIONED_CONTRACT, newest), newest];
const CONTRACTS = join(__dirname, "../../contracts");

let parent: string;
let directory: string;
let contract: ChangelogContract;
let interpreted: ChangelogContract;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "versions-"));
  directory = join(parent, "inner/built");
  const built = await builtContracts(VERSIONED_CONTRACT, directory);
  contract = built.changelogContracts[0] as ChangelogContract;
  const upcasters = built.upcasters[contract.table];
  if (upcasters === undefined) throw new Error("the fixture has upcasters");
  interpreted = interpretedChangelog(newest, versions.slice(0, -1), upcasters);
});
afterAll(() => {
  rmSync(parent, { recursive: true });
});

test("what is generated beside the package stays in the directory that was given", () => {
  expect([readdirSync(parent), readdirSync(join(parent, "inner"))]).toEqual([["inner"], ["built"]]);
  expect(existsSync(join(directory, "infra/generated/contracts.json"))).toBe(true);
  expect(existsSync(join(directory, "packages/silver-transforms/src/generated/tables.ts"))).toBe(true);
});

function read(document: object, own: ChangelogContract = contract): LoggedChange {
  const row = {
    timestamp: "2024-08-26T15:33:27.642846Z",
    event_id: "e1",
    document_name: own.path.replace(/[{}]/g, ""),
    operation: "UPDATE",
    data: JSON.stringify(document),
  };
  return readChange(own, JSON.stringify(row));
}

function documentIn({ rejection, data }: LoggedChange, own: ChangelogContract = contract): unknown {
  expect(rejection).toBeNull();
  return documentOf(own, data ?? "");
}

/** A version as reading has it. */
function readable(version: string, own = contract, field = "schemaVersion"): DocumentVersion {
  const claim = own.versions?.claimed({ [field]: version });
  if (claim === undefined || "fault" in claim) throw new Error(`${version} cannot be claimed`);
  return claim.version;
}

describe("a document is read by the version that it claims", () => {
  const ONE = { pain: 7, day: "2024-03-01", mood: "fine" };
  const THREE = { feeling: { painPercent: 70, mood: "fine" }, startOfDay: "2024-03-01T00:00:00.000000Z" };

  test("as text", () => {
    expect(documentIn(read({ ...ONE, schemaVersion: "1.1.0" }))).toEqual({ ...THREE });
  });

  test("as the number of a major, which means its last version", () => {
    expect(documentIn(read({ ...ONE, schemaVersion: 1 }))).toEqual(THREE);
    expect(documentIn(read({ painPercent: 70, schemaVersion: 2 }))).toEqual({
      schemaVersion: 2,
      feeling: { painPercent: 70 },
    });
    expect(documentIn(read({ ...THREE, schemaVersion: 3 }))).toEqual({ ...THREE, schemaVersion: 3 });
  });

  test("without what that version does not name", () => {
    expect(documentIn(read({ ...ONE, schemaVersion: "1.0.1" }))).toEqual({ ...THREE, feeling: { painPercent: 70 } });
  });

  test("by the major of unversioned documents, when it claims none, or null", () => {
    expect(documentIn(read(ONE))).toEqual(THREE);
    expect(documentIn(read({ ...ONE, schemaVersion: null }))).toEqual(THREE);
  });

  test("and what breaks that version is rejected, whatever the newest would say", () => {
    expect(read({ feeling: { painPercent: 70 }, moments: [], pain: 11, schemaVersion: 1 }).rejection).toMatchObject({
      reason: "breaks_contract",
      detail: "/pain: must be <= 10 in version 1.1.0",
      pointers: ["/pain"],
    });
    expect(read({ feeling: { painPercent: 101 }, schemaVersion: 3 }).rejection?.detail).toBe(
      "/feeling/painPercent: must be <= 100",
    );
  });
});

test.each([["9.0.0"], ["1.2.0"], ["1"], [""], [4], [0], [1.5], [-1], [true], [{ major: 1 }], [[1]]])(
  "the claim %j names no version: rejected, with the field and the versions that there are",
  (claim) => {
    const { rejection, rejectedEntries } = read({ schemaVersion: claim });
    expect(rejection).toEqual({
      reason: "breaks_contract",
      detail:
        "/schemaVersion: names no version of the contract (1.0.0, 1.0.1, 1.1.0, 2.0.0, 3.0.0, 3.1.0, or the number of a major)",
      pointers: ["/schemaVersion"],
      isEntry: false,
    });
    expect(rejectedEntries).toEqual([]);
  },
);

describe("an array entry that its version rejects", () => {
  test("is rejected alone, and the rest goes on", () => {
    const at = "2024-03-01T08:00:00Z";
    const change = read({
      schemaVersion: 1,
      moments: [{ at, pain: 3 }, { pain: 4 }, { at, pain: 11 }, { at, pain: 5 }],
    });
    expect(change.rejectedEntries.map(({ detail }) => detail)).toEqual([
      "/moments/1/at: is missing in version 1.1.0",
      "/moments/2/pain: must be <= 10 in version 1.1.0",
    ]);
    expect(documentIn(change)).toMatchObject({
      moments: [
        { at: "2024-03-01T08:00:00.000000Z", painPercent: 30 },
        { at: "2024-03-01T08:00:00.000000Z", painPercent: 50 },
      ],
    });
  });
});

/** Every version of every contract whose documents claim theirs: the fixture's, and the project's own. */
const CLAIMABLE = [VERSIONED_CONTRACT, CONTRACTS].flatMap((root) =>
  readContracts(root).flatMap((own) => {
    const field = own.schema.changelog?.versionField;
    if (field === undefined) return [];
    return [...olderVersions(root, own), own].map(
      ({ schema, version }) =>
        [`${own.schema.title} ${version}`, { title: own.schema.title, field, schema, version }] as const,
    );
  }),
);

test.each(CLAIMABLE)(
  "any document that is valid under %s is accepted, and upcast it is valid under the newest",
  (_name, claim) => {
    const own = [contract, ...changelogContracts].find(({ table }) => table === claim.title) as ChangelogContract;
    const version = readable(claim.version, own, claim.field);
    fc.assert(
      fc.property(anyDocumentOf(claim.schema, version), (document) => {
        const data = { ...document, [claim.field]: claim.version };
        const change = read(data, own);
        expect(change.rejection).toBeNull();
        expect(change.rejectedEntries).toEqual([]);
        const upcast = documentIn(change, own);
        expect(own.faults(upcast)).toEqual([]);
        expect(own.decode(upcast as object)).toEqual(upcast);
      }),
    );
  },
);

test.each(versions.map(({ schema, version }) => [version, schema] as const))(
  "a document of %s keeps its pain through all upcasters",
  (version, schema) => {
    fc.assert(
      fc.property(anyDocumentOf(schema, readable(version)), (document) => {
        const { feeling } = documentIn(read({ ...document, schemaVersion: version })) as {
          feeling?: { painPercent?: number };
        };
        const { pain, painPercent, feeling: told } = document as Record<string, { painPercent?: number } | null>;
        const expected = pain == null ? (painPercent ?? told?.painPercent) : Number(pain) * 10;
        expect(feeling?.painPercent ?? null).toBe(expected ?? null);
      }),
    );
  },
);

test("a contract that is interpreted from its files reads as the generated one does, valid or not", () => {
  const level = fc.oneof(fc.integer({ min: -5, max: 130 }), fc.constantFrom("much", null));
  const moments = fc.array(fc.record({ at: fc.constantFrom("2024-01-01", 5), pain: level, painPercent: level }), {
    maxLength: 3,
  });
  const documents = fc.record(
    {
      schemaVersion: fc.constantFrom<unknown>(1, 2, 3, 4, "1.0.0", "1.1.0", "2.0.0", "3.0.0", "3.1.0", "2.1.0", null),
      pain: level,
      painPercent: level,
      day: fc.constantFrom("2024-01-01", "a day", 5),
      mood: fc.constantFrom("fine", 5),
      feeling: fc.record({ painPercent: level, isRested: fc.boolean() }, { requiredKeys: [] }),
      moments,
    },
    { requiredKeys: [] },
  );
  const outcomes = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(documents, (document) => {
      const read = readDocument(contract, document);
      expect(readDocument(interpreted, document)).toEqual(read);
      outcomes[read.faults.document.length === 0 ? "valid" : "invalid"] += 1;
    }),
    { numRuns: 500 },
  );
  expect(Math.min(outcomes.valid, outcomes.invalid)).toBeGreaterThan(25);
});

test("an older document that cannot be made one of the newest version is rejected, and says after what", () => {
  const strict: ChangelogContract = {
    ...contract,
    faults: (document) =>
      contract.faults(document).concat({
        pointer: "/feeling",
        message: "is not felt",
        rule: "not",
        reason: "breaks_contract",
      }),
  };
  const row = { timestamp: "2024-08-26T15:33:27Z", event_id: "e1", document_name: "check_ins/c1", operation: "UPDATE" };
  const change = readChange(strict, JSON.stringify({ ...row, data: '{"pain":3}' }));
  expect(change.rejection).toMatchObject({
    reason: "breaks_contract",
    detail: "/feeling: is not felt after upcasting from 1.1.0",
  });
  expect(change.payload).not.toBeNull();
});
