import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDuckDb } from "./duckdb-warehouse";
import { QueryError, ReadOnlyWarehouseError, WarehouseOpenError } from "./errors";
import { things } from "./testing/contracts";
import { shard, temporaryFolder } from "./testing/shards";

const folder = temporaryFolder();
afterAll(folder.remove);
const at = (name: string): string => join(folder.path, name);

test.each([
  ["a directory that does not exist", "nowhere/x.duckdb", /the directory .*nowhere does not exist\. Make it first/],
  ["a directory", ".", /it is a directory\. Name a file in it/],
  ["a file of another kind", "notes.txt", /it is no DuckDB database\. Name another file/],
  ["an empty file", "empty.duckdb", /the file is empty.*Delete it and run again/],
])("%s cannot be opened", async (_, name, fault) => {
  writeFileSync(at("notes.txt"), "notes");
  writeFileSync(at("empty.duckdb"), "");
  const refused = openDuckDb(`duckdb:${at(name)}`);
  await expect(refused).rejects.toThrow(WarehouseOpenError);
  await expect(refused).rejects.toThrow(fault);
});

test("a directory that may not be written is named", async () => {
  // Root may write anywhere, so for root it is a file system that nobody can write.
  const locked = process.getuid?.() === 0 ? "/proc" : at("locked");
  if (locked !== "/proc") mkdirSync(locked, { mode: 0o555 });
  const refused = openDuckDb(`duckdb:${join(locked, "x.duckdb")}`);
  await expect(refused).rejects.toThrow(WarehouseOpenError);
  await expect(refused).rejects.toThrow(`${locked}/x.duckdb`);
  await expect(refused).rejects.toThrow("or its directory may not be written");
});

test("a file that another process has open is refused, and the process named", async () => {
  const url = `duckdb:${at("held.duckdb")}`;
  const program = `
    require("@duckdb/node-api").DuckDBInstance.create(${JSON.stringify(at("held.duckdb"))})
      .then((instance) => { globalThis.held = instance; process.stdout.write("open"); setInterval(() => {}, 1000); });`;
  const holder = spawn(process.execPath, ["-e", program], { cwd: __dirname, stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  for (const readOnly of [false, true]) {
    const refused = openDuckDb(url, { readOnly });
    await expect(refused).rejects.toThrow(WarehouseOpenError);
    await expect(refused).rejects.toThrow(new RegExp(`another process has it open: .*PID ${holder.pid}`));
  }
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await (await openDuckDb(url)).close();
});

test("a closed warehouse leaves its file to other processes, though its readers stopped early or failed", async () => {
  const url = `duckdb:${at("closed.duckdb")}`;
  const warehouse = await openDuckDb(url);
  await warehouse.ensure([things]);
  await warehouse.stage("r1", things, [shard(folder.path, manyThings(100_000))]);
  await warehouse.publish("r1", [things]);
  for await (const { id } of warehouse.read(things)) if (id === "2") break;
  await expect(warehouse.query("SELECT INTERVAL 1 DAY AS a FROM range(100000)")).rejects.toThrow(QueryError);
  await expect(warehouse.query("SELECT error('x') AS a FROM range(100000)")).rejects.toThrow(QueryError);
  await warehouse.close();
  const program = `
    require("@duckdb/node-api").DuckDBInstance.create(${JSON.stringify(at("closed.duckdb"))})
      .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });`;
  expect(spawnSync(process.execPath, ["-e", program], { cwd: __dirname, encoding: "utf8" }).stderr).toBe("");
  await (await openDuckDb(url)).close();
});

test("one process may open a file twice: both see one database", async () => {
  const url = `duckdb:${at("twice.duckdb")}`;
  const [one, other] = [await openDuckDb(url), await openDuckDb(url)];
  await one.ensure([things]);
  await one.close();
  expect(await other.exists(things)).toBe(true);
  await expect(openDuckDb(url, { readOnly: true })).rejects.toThrow(/this process has it open with other options/);
  await other.close();
  await other.close();
});

test("opened to read only, a warehouse is read and never changed", async () => {
  const url = `duckdb:${at("report.duckdb")}`;
  await expect(openDuckDb(url, { readOnly: true })).rejects.toThrow(/it does not exist\. Run the job once/);
  const written = await openDuckDb(url);
  await written.ensure([things]);
  await written.stage("r1", things, [shard(folder.path, [{ id: "a", value: 1 }])]);
  await written.publish("r1", [things]);
  await written.close();

  const report = await openDuckDb(url, { readOnly: true, threads: 1 });
  for await (const row of report.read(things)) expect(row).toEqual({ id: "a", value: 1 });
  expect(await report.query("SELECT current_setting('threads') AS threads")).toEqual([{ threads: 1 }]);
  expect(await report.abandonedRuns()).toEqual([]);
  const changes = [
    () => report.ensure([things]),
    () => report.stage("r2", things, []),
    () => report.publish("r2", [things]),
    () => report.discard("r2"),
  ];
  for (const change of changes) await expect(change()).rejects.toThrow(ReadOnlyWarehouseError);
  await report.close();
});

test("no extension is fetched, and instants are UTC whatever the machine's zone", async () => {
  const warehouse = await openDuckDb("duckdb::memory:");
  expect(
    await warehouse.query(
      "SELECT current_setting('autoinstall_known_extensions') AS install, current_setting('TimeZone') AS zone",
    ),
  ).toEqual([{ install: false, zone: "UTC" }]);
  await warehouse.close();
});

function manyThings(count: number): readonly object[] {
  return Array.from({ length: count }, (_, at) => ({ id: String(at), value: at }));
}
