import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lintContracts } from "../lint/lint";
import { NewContractError, writeNewContract } from "./new-contract";

let root: string;
let packageRoot: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "contracts-new-"));
  packageRoot = join(root, "contracts");
  cpSync(join(__dirname, "../../schemas"), join(packageRoot, "schemas"), { recursive: true });
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function faults(name: string): readonly string[] {
  return lintContracts(packageRoot, new Set([name])).map(({ pointer, message }) => `${pointer} ${message}`);
}

/** Writes words where the new contract asks for them, as a producer does. */
function fillIn(name: string): void {
  const path = join(packageRoot, "schemas", name, "schema.json");
  writeFileSync(path, readFileSync(path, "utf8").replace(/<([A-Z][^<>]*\.)>/g, "$1"));
}

test.each([
  ["bronze/symptom_log", {}],
  ["silver/symptoms", { from: "bronze/symptom_log" }],
  ["gold/symptom_summary", {}],
])("%s: lint asks for words alone, and is content when they are there", (name, options) => {
  if ("from" in options) {
    writeNewContract(packageRoot, { name: "bronze/symptom_log" });
    fillIn("bronze/symptom_log");
  }
  writeNewContract(packageRoot, { name, ...options });
  expect(faults(name)).not.toEqual([]);
  expect(faults(name).filter((fault) => !fault.includes("placeholder"))).toEqual([]);
  fillIn(name);
  expect(faults(name)).toEqual([]);
});

test("a change log says its prefix and path, its own or those that are given", () => {
  const changelogOf = (name: string): unknown =>
    (JSON.parse(readFileSync(join(packageRoot, "schemas", name, "schema.json"), "utf8")) as { changelog: unknown })
      .changelog;
  writeNewContract(packageRoot, { name: "bronze/symptom_log" });
  writeNewContract(packageRoot, { name: "bronze/devices", prefix: "devices_raw", path: "devices/{deviceId}" });
  expect(changelogOf("bronze/symptom_log")).toEqual({
    prefix: "symptom_log_data",
    path: "users/{userId}/symptom_log/{symptomLogId}",
    missing: {},
  });
  expect(changelogOf("bronze/devices")).toEqual({ prefix: "devices_raw", path: "devices/{deviceId}", missing: {} });
});

test("a silver table has a column for each id and for each field of one type, and a module with its test", () => {
  const written = writeNewContract(packageRoot, { name: "silver/session_settings", from: "bronze/therapy_sessions" });
  expect(written).toContain("../silver-transforms/src/session-settings.ts");
  expect(written).toContain("../silver-transforms/src/session-settings.test.ts");
  const { properties } = JSON.parse(
    readFileSync(join(packageRoot, "schemas/silver/session_settings/schema.json"), "utf8"),
  ) as { properties: Record<string, { type: unknown }> };
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(["user_id", "session_id", "pain_level_before"]));
  // Two maps have a heatLevel: each keeps the name of its map.
  expect(properties["initial_settings_heat_level"]).toMatchObject({ type: ["integer", "null"], maximum: 3 });
  expect(properties["heat_level"]).toBeUndefined();
  const module = readFileSync(join(root, "silver-transforms/src/session-settings.ts"), "utf8");
  expect(module).toContain("initial_settings_heat_level: document.initialSettings?.heatLevel ?? null,");
  expect(module).toContain('session_id: params["sessionId"] ?? "",');
});

test.each([
  [{ name: "symptoms" }, "write bronze/<table>, silver/<table> or gold/<table>"],
  [{ name: "silver/Symptoms" }, "write bronze/<table>"],
  [{ name: "semantic/symptoms" }, "write bronze/<table>"],
  [{ name: "bronze/medications" }, "is there already"],
  [{ name: "silver/symptoms" }, "--from bronze/symptoms"],
  [{ name: "silver/symptoms", from: "bronze/nothing" }, "--from bronze/nothing: is no change log"],
  [{ name: "silver/symptoms", from: "silver/medications" }, "is no change log"],
])("%j is refused with what to write", (options, words) => {
  expect(() => writeNewContract(packageRoot, options)).toThrow(NewContractError);
  expect(() => writeNewContract(packageRoot, options)).toThrow(words);
});

test("nothing is overwritten, and then nothing is written", () => {
  writeNewContract(packageRoot, { name: "silver/symptoms", from: "bronze/medications" });
  rmSync(join(packageRoot, "schemas/silver/symptoms"), { recursive: true });
  const again = (): unknown => writeNewContract(packageRoot, { name: "silver/symptoms", from: "bronze/medications" });
  expect(again).toThrow("../silver-transforms/src/symptoms.ts");
  expect(existsSync(join(packageRoot, "schemas/silver/symptoms"))).toBe(false);
});
