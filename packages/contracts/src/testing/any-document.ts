import { join } from "node:path";
import fc from "fast-check";
import type { DocumentVersion } from "../contract";
import { type PropertySchema, readContracts } from "../generate/schema-file";
import { changelogContracts } from "../generated";

const packageRoot = join(__dirname, "../..");

/** A document schema as these arbitraries read it. */
interface DocumentSchema extends PropertySchema {
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, DocumentSchema>>;
  readonly items?: DocumentSchema;
}

/** The schema of a change log's documents, by the contract's title. */
export function documentSchema(table: string): DocumentSchema {
  const contract = readContracts(packageRoot).find(({ schema }) => schema.title === table);
  if (contract === undefined) throw new Error(`there is no contract ${table}`);
  return contract.schema;
}

/**
 * Raw documents that keep a change log's contract, as Firestore's export writes them: any field may be absent or null,
 * Timestamps come in every encoding, fields that the contract does not name occur.
 */
export function anyDocument(table: string): fc.Arbitrary<Record<string, unknown>> {
  const contract = changelogContracts.find((candidate) => candidate.table === table);
  if (contract === undefined) throw new Error(`there is no change log ${table}`);
  return anyDocumentOf(documentSchema(table), contract);
}

/** The same of one version of a contract, given its schema and what was made of it. */
export function anyDocumentOf(schema: DocumentSchema, version: DocumentVersion): fc.Arbitrary<Record<string, unknown>> {
  const documents = anyValue(schema) as fc.Arbitrary<Record<string, unknown>>;
  // Conditions between fields are left to the contract; where it refuses them all, something is wrong with it, or here.
  let refused = 0;
  return documents.filter((document) => {
    const faults = version.faults(version.decode(document));
    refused = faults.length === 0 ? 0 : refused + 1;
    if (refused === 1000) throw new Error(`every document is refused, such as one with ${JSON.stringify(faults)}`);
    return faults.length === 0;
  });
}

function anyValue(node: DocumentSchema): fc.Arbitrary<unknown> {
  if (node.format === "firestore-timestamp") return fc.oneof(firestoreTimestamps, isoTexts);
  if (node.format === "iso-instant") return isoTexts;
  const types = typeof node.type === "string" ? [node.type] : (node.type ?? []);
  return fc.oneof(...types.map((type) => anyOfType(type, node)));
}

function anyOfType(type: string, node: DocumentSchema): fc.Arbitrary<unknown> {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER, pattern } = node;
  switch (type) {
    case "object":
      return anyObject(node);
    case "array":
      return fc.array(anyValue(node.items ?? {}), { maxLength: 4 });
    case "string":
      return pattern === undefined ? texts : fc.oneof(fc.stringMatching(new RegExp(pattern)), namesMatching(pattern));
    case "integer":
      return fc.oneof(fc.integer({ min: Math.max(minimum, -3), max: Math.min(maximum, 40) }), fc.constant(minimum));
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    default:
      return fc.boolean();
  }
}

function anyObject({ properties = {}, required = [] }: DocumentSchema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, field]): [string, fc.Arbitrary<unknown>] => [
    name,
    required.includes(name) ? anyValue(field) : fc.option(anyValue(field), { nil: null, freq: 4 }),
  ]);
  return fc.record(
    { ...Object.fromEntries(fields), unknownField: fc.jsonValue() },
    { requiredKeys: [...required] as never[] },
  );
}

const firestoreTimestamps = fc.record({
  _seconds: fc.oneof(fc.integer({ min: 1_700_000_000, max: 1_730_000_000 }), fc.integer()),
  _nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
});

const isoTexts = fc
  .date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true })
  .chain((date) => {
    const text = date.toISOString();
    return fc.constantFrom(text, text.slice(0, 10), text.slice(0, 19), text.replace("Z", "+02:00"));
  });

/** Words that trip careless code: half a surrogate pair, control characters, white space of several kinds. */
const ODD = [
  "",
  " ",
  "Juno GRAND 2",
  "petit",
  "İstanbul",
  "a\ud83d",
  "\ude00b",
  "\u0000",
  "x\u00a0\u2003 y",
  "😀, 😀,a",
];
const texts = fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: "grapheme", maxLength: 12 }));

function namesMatching(pattern: string): fc.Arbitrary<string> {
  const regexp = new RegExp(pattern);
  const matching = [...ODD, "IBUPROFEN", " Ibuprofen\t 400 "].filter((word) => regexp.test(word));
  return matching.length === 0 ? fc.stringMatching(regexp) : fc.constantFrom(...matching);
}
