import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { getRegisteredModules } from "apache-beam/serialization";
import { expect, test } from "vitest";
import "./index";
import "./testing/conformance-steps";
import "./testing/run-and-collect";
import "./testing/sample-steps";

const PACKAGE = "@junoplus/beam-runtime/";
const REGISTRATION = /requireForSerialization\("([^"]+)", exports\);\n$/;

const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);
const registered = getRegisteredModules().filter((name) => name.startsWith(PACKAGE));
// As a worker does it: Node's own require, the compiled package, its exports map.
const workerRequire = createRequire(__filename);

test.each(registered)("a worker can load %s", (name) => {
  expect(workerRequire.resolve(name)).toBe(join(__dirname, "../dist", `${name.slice(PACKAGE.length)}.js`));
  expect(Object.keys(workerRequire(name) as object)).not.toEqual([]);
});

test("every module can be the first that a process loads", () => {
  const modules = files.filter((file) => !file.startsWith("testing/")).map((file) => file.replace(/\.ts$/, ".js"));
  expect(modules).toContain("direct-side-inputs.js");
  const loadEach = `for (const name of ${JSON.stringify(modules)}) {
    for (const loaded of Object.keys(require.cache)) delete require.cache[loaded];
    require("./" + name);
  }`;
  const { status, stderr } = spawnSync(process.execPath, ["-e", loadEach], { cwd: join(__dirname, "../dist") });
  expect([status, stderr.toString()]).toEqual([0, ""]);
});

test("what a run loads has no client of a service that no pipeline calls", () => {
  const tell = `require("./index"); console.log(Object.keys(require.cache).join("\\n"));`;
  const { stdout } = spawnSync(process.execPath, ["-e", tell], { cwd: join(__dirname, "../dist"), encoding: "utf8" });
  expect(stdout).toContain("apache_beam/pvalue.js");
  expect(stdout).not.toMatch(/node_modules\/(@google-cloud|google-gax|google-auth-library)\//);
});

test("a module is registered under its own path, as its last line", () => {
  const names = files.flatMap((file) => {
    const text = readFileSync(join(__dirname, file), "utf8");
    if (!text.includes("requireForSerialization")) return [];
    expect(REGISTRATION.exec(text)?.[1]).toBe(`${PACKAGE}${file.slice(0, -".ts".length)}`);
    return [REGISTRATION.exec(text)?.[1]];
  });
  expect(names.toSorted()).toEqual(registered.toSorted());
});
