import { expect, test } from "vitest";
import { firestoreAccessError } from "./firestore-access-error";

const place = { project: "juno", database: "(default)" };
const told = (code: number | undefined, message: string, emulatorHost?: string): string =>
  firestoreAccessError(place, "medications/{userId}", emulatorHost, Object.assign(new Error(message), { code }))
    .message;

test.each([
  ["who may not read is told the role", 7, "Missing or insufficient permissions.", "roles/datastore.viewer"],
  ["credentials that are missing", undefined, "Could not load the default credentials.", "application-default login"],
  [
    "a key file that is missing",
    undefined,
    "The file at /k.json does not exist.",
    "/k.json does not exist. Sign in with",
  ],
  ["credentials that are refused", 16, "Request had invalid authentication credentials.", "application-default login"],
  [
    "a database that is not there",
    5,
    "The database (default) does not exist for project juno",
    "databases list --project=juno",
  ],
  ["an API that is off", 7, "Cloud Firestore API has not been used in project 1 before", "services enable firestore"],
  [
    "an index that is missing",
    9,
    "The query requires an index. You can create it here: https://x",
    "collection group scope",
  ],
  ["a quota", 8, "Quota exceeded.", "try again later"],
  ["a network that is down", 14, "No connection established.", "Check the network"],
  ["a request that took too long", 4, "Deadline exceeded", "Check the network"],
  ["anything else, by its own words", 13, "internal", "medications/{userId}: internal. Nothing was changed."],
])("%s", (_case, code, message, cure) => {
  expect(told(code, message)).toMatch(/^Firestore juno\/\(default\): /);
  expect(told(code, message)).toContain(cure);
});

test("an emulator is named, not the network", () => {
  expect(told(14, "No connection established.", "127.0.0.1:9")).toContain(
    "the emulator at 127.0.0.1:9 was not reached",
  );
});
