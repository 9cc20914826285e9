import { join } from "node:path";
import { Firestore } from "@google-cloud/firestore";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FirestoreReader, type FirestoreReading, openFirestoreReader } from "./firestore-reader";
import type { LiveDocument } from "./live-document";
import { type FirestoreEmulator, startFirestoreEmulator, withoutFirestoreEmulator } from "./testing/firestore-emulator";

const SESSIONS = "users/{userId}/therapy_sessions/{sessionId}";
const place = { project: "juno-reader", database: "(default)" };

/** All documents of a template, and how many others its collection group holds. */
async function all(reader: FirestoreReader, template: string) {
  const documents: LiveDocument[] = [];
  let skipped = 0;
  for await (const page of reader.pages(template)) {
    documents.push(...page.documents);
    skipped += page.skipped;
  }
  return { documents, skipped };
}

test("credentials that cannot be had are told, also when the database is closed after it", async () => {
  const { GOOGLE_APPLICATION_CREDENTIALS: before } = process.env;
  process.env["GOOGLE_APPLICATION_CREDENTIALS"] = join(__dirname, "no-such-key.json");
  try {
    const reader = await openFirestoreReader(place);
    await expect(all(reader, SESSIONS)).rejects.toThrow(/^Firestore juno-reader\/\(default\): .*no-such-key\.json/);
    await reader.close();
  } finally {
    if (before === undefined) delete process.env["GOOGLE_APPLICATION_CREDENTIALS"];
    else process.env["GOOGLE_APPLICATION_CREDENTIALS"] = before;
  }
});

describe.skipIf(withoutFirestoreEmulator)("a Firestore database (an emulator, needs Java)", () => {
  let emulator: FirestoreEmulator;
  let firestore: Firestore;
  const reading = async <T>(use: (reader: FirestoreReader) => Promise<T>, how: FirestoreReading = {}): Promise<T> => {
    const reader = await openFirestoreReader(place, { emulatorHost: emulator.host, ...how });
    try {
      return await use(reader);
    } finally {
      await reader.close();
    }
  };

  beforeAll(async () => {
    emulator = await startFirestoreEmulator();
    firestore = new Firestore({ projectId: place.project, host: emulator.host, ssl: false });
    const writer = firestore.bulkWriter();
    // Names whose order in UTF-8 is not that of UTF-16, and one that looks like a number.
    for (const user of ["u1", "u2", "\u{1f600}", "\uffee", "__id7__"]) {
      for (const session of ["a", "b", "\u{1f600}"]) {
        void writer.set(firestore.doc(`users/${user}/therapy_sessions/${session}`), { user, session });
      }
    }
    void writer.set(firestore.doc("clinics/c1/therapy_sessions/s1"), { of: "a clinic" });
    void writer.set(firestore.doc("users/u1/archive/y/therapy_sessions/s1"), { of: "an archive" });
    void writer.set(firestore.doc("medications/u1"), { medications: [] });
    await writer.close();
  }, 300_000);
  afterAll(async () => {
    await firestore?.terminate();
    await emulator?.stop();
  });

  test("gives every document of the collection group whose path fits, and counts the others", async () => {
    const { documents, skipped } = await reading((reader) => all(reader, SESSIONS));
    expect(documents).toHaveLength(15);
    expect(new Set(documents.map(({ path }) => path)).size).toBe(15);
    expect(documents.every(({ path }) => path.startsWith("users/"))).toBe(true);
    expect(skipped).toBe(2);
  });

  test.each([1, 2, 3, 16, 17, 18])("pages of %i give the same documents", async (pageSize) => {
    const whole = await reading((reader) => all(reader, SESSIONS));
    const paged = await reading((reader) => all(reader, SESSIONS), { pageSize });
    const contents = ({ documents }: typeof whole) =>
      documents.map(({ path, updatedAt, data }) => [path, updatedAt, data]);
    expect(contents(paged)).toEqual(contents(whole));
    expect(paged.skipped).toBe(whole.skipped);
  });

  test("a document carries the commit time of its last write, and an instant at which it was so", async () => {
    const { writeTime } = await firestore.doc("medications/u1").set({ medications: [{ name: "Ibuprofen" }] });
    const { documents } = await reading((reader) => all(reader, "medications/{userId}"));
    const micros = String(Math.floor(writeTime.nanoseconds / 1000)).padStart(6, "0");
    const committed = `${writeTime.toDate().toISOString().slice(0, 19)}.${micros}Z`;
    expect(documents).toMatchObject([
      { path: "medications/u1", updatedAt: committed, data: '{"medications":[{"name":"Ibuprofen"}]}' },
    ]);
    expect((documents[0]?.readAt ?? "") >= committed).toBe(true);
  });

  test("documents are found by path; those that are gone are not", async () => {
    const paths = ["users/u1/therapy_sessions/a", "users/u1/therapy_sessions/gone", "users/u2/therapy_sessions/b"];
    const found = await reading((reader) => reader.documents(SESSIONS, paths));
    expect(found.map(({ path }) => path)).toEqual([paths[0], paths[2]]);
    expect(await reading((reader) => reader.documents(SESSIONS, []))).toEqual([]);
  });

  test("an empty collection is no fault", async () => {
    expect(await reading((reader) => all(reader, "nothing/{id}"))).toEqual({ documents: [], skipped: 0 });
  });

  test("another database of the project is another place", async () => {
    const reader = await openFirestoreReader({ ...place, database: "second" }, { emulatorHost: emulator.host });
    expect(await all(reader, SESSIONS)).toEqual({ documents: [], skipped: 0 });
    await reader.close();
  });

  test("an emulator that is not there is named", async () => {
    const stopped = await startFirestoreEmulator();
    await stopped.stop();
    await expect(openFirestoreReader(place, { emulatorHost: stopped.host })).rejects.toThrow(
      `Firestore juno-reader/(default): the emulator at ${stopped.host} was not reached. Start it, or unset`,
    );
  });
});
