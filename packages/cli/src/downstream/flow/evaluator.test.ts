import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sourceProgram } from "../source-program";
import { columnLabels } from "../table-functions";
import { Evaluator } from "./evaluator";

const leaf = {};
const CONTRACTS = [
  {
    title: "raw",
    key: [],
    schema: {
      properties: {
        a: leaf,
        b: leaf,
        c: leaf,
        part: { properties: { p: leaf, q: leaf } },
        list: { items: { properties: { n: leaf, m: leaf } } },
      },
    },
  },
  { title: "made", key: ["id"], schema: { properties: { id: leaf, x: leaf, y: leaf } } },
];
const TYPES = `export interface Raw { a: string; b: string; c: string; part?: { p: string; q: string }; list?: { n: string; m: string }[] }
export interface Made { id: string; x: unknown; y: unknown }`;

const root = mkdtempSync(join(tmpdir(), "downstream-flow-"));
afterAll(() => rmSync(root, { recursive: true }));

/** The fields that decide each column of the rows that a function of this body makes, with helpers beside it. */
function columns(body: string, beside = ""): Readonly<Record<string, readonly string[]>> {
  const folder = mkdtempSync(join(root, "case-"));
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("packages/contracts/src/generated/rows.ts", TYPES);
  write("packages/contracts/src/index.ts", `export * from "./generated/rows";`);
  write(
    "packages/transforms/src/made.ts",
    `import type { Made, Raw } from "@junoplus/contracts";\n${beside}\nexport function toRows(raw: Raw): Made[] {\n${body}\n}`,
  );
  const program = sourceProgram(folder);
  const found = columnLabels(program, CONTRACTS, new Evaluator(program.checker)).get("made") ?? new Map();
  return Object.fromEntries(
    [...found].map(([name, labels]) => {
      const pointers = [...labels].map(({ pointer }: { readonly pointer: string }) => pointer);
      return [name, [...new Set(pointers)].sort()];
    }),
  );
}

describe("a column is decided by", () => {
  test.each([
    ["what it is", `return [{ id: "1", x: raw.a, y: 1 }];`, ["/a"]],
    ["both sides of an operator", `return [{ id: "1", x: raw.a + raw.b, y: 1 }];`, ["/a", "/b"]],
    ["a condition", `return [{ id: "1", x: raw.a === "" ? 1 : 2, y: 1 }];`, ["/a"]],
    ["a condition around an assignment", `let x = 0; if (raw.a) x = 1; return [{ id: "1", x, y: 1 }];`, ["/a"]],
    ["an early return", `const x = pick(raw); return [{ id: "1", x, y: 1 }];`, ["/a", "/b"]],
    ["a default", `const { a = raw.b } = raw; return [{ id: "1", x: a, y: 1 }];`, ["/a", "/b"]],
    [
      "a name that is one of several",
      `const o = { k: 1 }; let x = 0; for (const w of ["k", "z"]) x = w in o ? raw.b : raw.c; return [{ id: "1", x, y: 1 }];`,
      ["/b", "/c"],
    ],
    [
      "a name that may not be there yet",
      `const o: { k?: number } = {}; if (raw.a) o.k = 1; return [{ id: "1", x: "k" in o ? raw.b : raw.c, y: 1 }];`,
      ["/a", "/b", "/c"],
    ],
    ["a renamed part", `const { part: { p: inner } = {} } = raw; return [{ id: "1", x: inner, y: 1 }];`, ["/part/p"]],
    ["an optional chain", `return [{ id: "1", x: raw.part?.q ?? null, y: 1 }];`, ["/part/q"]],
    ["a literal name", `return [{ id: "1", x: raw["c"], y: 1 }];`, ["/c"]],
    ["a name from a list", `return [{ id: "1", x: NAMES.map((name) => raw[name]), y: 1 }];`, ["/a", "/b"]],
    ["a name that is data", `return [{ id: "1", x: { u: 1 }[raw.a], y: 1 }];`, ["/a"]],
    ["what a helper makes of it", `return [{ id: "1", x: twice(raw.b), y: 1 }];`, ["/b"]],
    ["a spread", `const { c, ...others } = raw; return [{ id: "1", y: 1, x: { ...others }.a }];`, ["/a"]],
    [
      "Object.assign",
      `const made = { u: 1 }; Object.assign(made, { u: raw.c }); return [{ id: "1", x: made.u, y: 1 }];`,
      ["/c"],
    ],
    [
      "what is put into a map",
      `const m = new Map(); m.set("k", raw.a); return [{ id: "1", x: m.get("k"), y: 1 }];`,
      ["/a"],
    ],
    [
      "the key that is looked up",
      `const m = new Map([["k", 1]]); return [{ id: "1", x: m.get(raw.b), y: 1 }];`,
      ["/b"],
    ],
    [
      "a sum over a loop",
      `let x = 0; for (const { n } of raw.list ?? []) x += Number(n); return [{ id: "1", x, y: 1 }];`,
      ["/list", "/list/*/n"],
    ],
    [
      "a reduction",
      `return [{ id: "1", x: (raw.list ?? []).reduce((sum, { m }) => sum + m, ""), y: 1 }];`,
      ["/list", "/list/*/m"],
    ],
    ["an object that remembers", `const w = new Walk(); w.add(raw.a); return [{ id: "1", x: w.last, y: 1 }];`, ["/a"]],
    [
      "a library that is handed the whole",
      `return [{ id: "1", x: unknownLibrary(raw.part), y: 1 }];`,
      ["/part", "/part/p", "/part/q"],
    ],
    ["a template", `return [{ id: "1", x: \`\${raw.a}-\${raw.c}\`, y: 1 }];`, ["/a", "/c"]],
    [
      "a switch",
      `let x = 0; switch (raw.a) { case "u": x = 1; break; default: x = 2; } return [{ id: "1", x, y: 1 }];`,
      ["/a"],
    ],
    ["nothing, where it is made of nothing", `return [{ id: "1", x: 1, y: raw.a }];`, []],
  ] as const)("%s", (_rule, body, expected) => {
    const beside = `
      const NAMES = ["a", "b"] as const;
      function twice(text: string) { return text + text; }
      function pick(raw: Raw) { if (raw.a === "") return 0; return raw.b; }
      class Walk { last = ""; add(text: string) { this.last = text; } }`;
    expect(columns(body, beside)["x"]).toEqual(expected);
  });
});

describe("which rows there are is decided by", () => {
  test.each([
    [
      "a filter",
      `return raw.list.filter(({ n }) => n).map(({ m }) => ({ id: "1", x: m, y: 1 }));`,
      ["/list", "/list/*/n"],
    ],
    [
      "a condition around a row",
      `const rows = []; if (raw.b) rows.push({ id: "1", x: 1, y: 1 }); return rows;`,
      ["/b"],
    ],
    ["the key", `return [{ id: raw.a, x: raw.b, y: 1 }];`, ["/a"]],
  ] as const)("%s", (_rule, body, expected) => {
    expect(columns(body)["*"]).toEqual(expected);
  });
});

test("two calls of one function stay apart", () => {
  const found = columns(
    `const one = box(); const other = box(); put(one, raw.a); put(other, raw.b); return [{ id: "1", x: one.v, y: other.v }];`,
    `function box() { return { v: "" }; }
     function put(into: { v: string }, v: string) { into.v = v; }`,
  );
  expect(found).toEqual({ id: [], x: ["/a"], y: ["/b"], "*": [] });
});

test("an object that a function makes from words alone is followed", () => {
  const found = columns(
    `const one = box("one"); one.v = raw.a; return [{ id: "1", x: one.v, y: one.name }];`,
    `function box(name: string) { return { name, v: "" }; }`,
  );
  expect(found).toEqual({ id: [], x: ["/a"], y: [], "*": [] });
});

test("a function that calls itself, and a list that grows by itself, come to an end", () => {
  const found = columns(
    `let all = [raw.a]; for (let i = 0; i < 9; i++) all = [...all.slice(1), ...all.map((v) => v + raw.c)]; return [{ id: "1", x: all, y: down(raw.b) }];`,
    `function down(text: string): string { return text === "" ? "" : down(text.slice(1)); }`,
  );
  expect(found["x"]).toEqual(["/a", "/c"]);
  expect(found["y"]).toEqual(["/b"]);
});
