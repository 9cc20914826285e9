import { changelogContracts } from "@junoplus/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalPath, documentPath, pathParams } from "./document-path";

const SESSIONS = "users/{userId}/therapy_sessions/{sessionId}";
const ROOT = "projects/juno-demo/databases/(default)/documents";

describe("a document name", () => {
  test.each([
    [`${ROOT}/users/u1/therapy_sessions/s1`, "users/u1/therapy_sessions/s1", "the full name"],
    ["users/u1/therapy_sessions/s1", "users/u1/therapy_sessions/s1", "the path alone"],
    [
      "projects/p/databases/eu-west/documents/users/u1/therapy_sessions/s1",
      "users/u1/therapy_sessions/s1",
      "a database with a name",
    ],
    [`${ROOT}/users/ünï 😀/therapy_sessions/documents`, "users/ünï 😀/therapy_sessions/documents", "any id"],
    [
      `${ROOT}/users/projects/therapy_sessions/databases`,
      "users/projects/therapy_sessions/databases",
      "ids that are words of the name",
    ],
  ])("%s has the path %s (%s)", (name, path) => {
    expect(documentPath(SESSIONS, name)).toBe(path);
    expect(canonicalPath(name)).toBe(path);
  });

  test.each([
    ["", "nothing"],
    ["s1", "an id alone"],
    [ROOT, "no path"],
    [`${ROOT}/users/u1`, "a document above"],
    [`${ROOT}/users/u1/therapy_sessions`, "the collection"],
    [`${ROOT}/users/u1/therapy_sessions/s1/notes/n1`, "a document below"],
    [`${ROOT}/users/u1/period_tracking/s1`, "a document of another collection"],
    [`${ROOT}/Users/u1/therapy_sessions/s1`, "other letters"],
    [`${ROOT}/users//therapy_sessions/s1`, "an empty user id"],
    [`${ROOT}/users/u1/therapy_sessions/`, "an empty session id"],
    [`/users/u1/therapy_sessions/s1`, "a slash before"],
    ["projects/p/documents/users/u1/therapy_sessions/s1", "half of the full name"],
    [`${ROOT}/${ROOT}/users/u1/therapy_sessions/s1`, "the full name twice"],
  ])("%j is no document of the collection (%s)", (name) => {
    expect(documentPath(SESSIONS, name)).toBeNull();
  });
});

test("the ids are those of the path", () => {
  expect(pathParams(SESSIONS, "users/u1/therapy_sessions/s1")).toEqual({ userId: "u1", sessionId: "s1" });
  expect(pathParams("medications/{userId}", "medications/u1")).toEqual({ userId: "u1" });
});

test.each(changelogContracts.map(({ path }) => path))(
  "%s: full name and path of a document are one, and its ids come back",
  (template) => {
    const ids = fc.string({ unit: "grapheme", minLength: 1 }).filter((id) => !id.includes("/"));
    const wildcards = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    fc.assert(
      fc.property(fc.array(ids, { minLength: wildcards.length, maxLength: wildcards.length }), (values) => {
        let next = 0;
        const path = template.replace(/\{\w+\}/g, () => values[next++] ?? "");
        expect(documentPath(template, path)).toBe(path);
        expect(documentPath(template, `${ROOT}/${path}`)).toBe(path);
        expect(Object.entries(pathParams(template, path))).toEqual(wildcards.map((name, i) => [name, values[i]]));
      }),
    );
  },
);
