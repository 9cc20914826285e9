import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installPython, PythonMissingError } from "./python-job-service";

test("without Python there is no job service of its, the error says so, and nothing is left behind", async () => {
  const path = process.env["PATH"];
  const folder = mkdtempSync(join(tmpdir(), "no-python-"));
  process.env["PATH"] = folder;
  try {
    const installing = installPython(folder);
    await expect(installing).rejects.toThrow(PythonMissingError);
    await expect(installing).rejects.toThrow(/^python3 cannot be started \(.*\): install Python 3\.11/);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  }
});
