import { mkdtempSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dayOf, type TableContract } from "@junoplus/contracts";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { IncompatibleTableError, MissingTableError, PublishError, QueryError, StageError } from "../errors";
import type { CatalogFacts, Row, Warehouse } from "../warehouse";
import { column, contractOf, everyType, history, things } from "./contracts";
import { shard, shardOfText, temporaryFolder } from "./shards";

/** What a store promises beyond others, and how much of a machine its tests may take. */
export interface GuaranteeOptions {
  /** Rows lie as they are sorted when they are staged: a table read without ORDER BY has them so. */
  readonly keepsOrder?: boolean;
  /** False for a stand-in that renames the second of two columns of one name, where the store itself refuses them. */
  readonly refusesDoubleNames?: boolean;
  /** How many random tables are tried. */
  readonly numRuns?: number;
}

/** What every store promises; a new store passes these tests. `open` gives an empty warehouse. */
export function warehouseGuarantees(
  store: string,
  open: () => Promise<Warehouse>,
  { keepsOrder = true, refusesDoubleNames = true, numRuns = 60 }: GuaranteeOptions = {},
): void {
  const folder = temporaryFolder();
  afterAll(folder.remove);
  let warehouse: Warehouse;
  beforeEach(async () => {
    warehouse = await open();
  });
  afterEach(() => warehouse.close());

  const rowsOf = async (contract: TableContract): Promise<readonly Row[]> => {
    const found: Row[] = [];
    for await (const row of warehouse.read(contract)) found.push(row);
    return found;
  };
  const stage = (run: string, contract: TableContract, ...shards: (readonly object[])[]): Promise<number> =>
    warehouse.stage(
      run,
      contract,
      shards.map((rows) => shard(folder.path, rows)),
    );
  const publish = async (run: string, contract: TableContract, rows: readonly object[]): Promise<void> => {
    await stage(run, contract, rows);
    await warehouse.publish(run, [contract]);
  };

  const described = async (contract: TableContract): Promise<Omit<CatalogFacts, "labels" | "partitionOptions">> => {
    const { labels, partitionOptions, ...facts } = await warehouse.describe(contract);
    return facts;
  };

  describe(`${store}: stage, audit, publish`, () => {
    beforeEach(() => warehouse.ensure([things, history]));

    test("staged rows can be queried, and nobody else sees them", async () => {
      expect(await stage("r1", things, [{ id: "a", value: 1 }], [{ id: "b", value: null }])).toBe(2);
      expect(await warehouse.query(`SELECT COUNT(*) AS n FROM ${warehouse.stagingName(things, "r1")}`)).toEqual([
        { n: 2 },
      ]);
      expect(await rowsOf(things)).toEqual([]);
    });

    test("the elements of an array are rows beside the row that has it; of an empty one there are none", async () => {
      await stage(
        "r1",
        everyType,
        [{ id: "a", words: ["x", "y"] }],
        [
          { id: "b", words: [] },
          { id: "c", words: ["x"] },
        ],
      );
      const from = `${warehouse.stagingName(everyType, "r1")} AS rows_of`;
      expect(
        await warehouse.query(
          `SELECT rows_of.id, one_word FROM ${from} CROSS JOIN ${warehouse.elements("rows_of.words", "one_word")}
            JOIN (SELECT 'x' AS text UNION ALL SELECT 'y') AS wanted ON wanted.text = one_word ORDER BY id, one_word`,
        ),
      ).toEqual([
        { id: "a", one_word: "x" },
        { id: "a", one_word: "y" },
        { id: "c", one_word: "x" },
      ]);
    });

    test("publishing replaces a table whole and adds to a history", async () => {
      for (const [run, id] of [
        ["r1", "a"],
        ["r2", "b"],
      ] as const) {
        await stage(run, things, [{ id, value: 1 }]);
        await stage(run, history, [{ id, value: 1 }]);
        await warehouse.publish(run, [things, history]);
      }
      expect(await rowsOf(things)).toEqual([{ id: "b", value: 1 }]);
      expect((await rowsOf(history)).map(({ id }) => id)).toEqual(["a", "b"]);
    });

    test("an empty staging table empties a table, whether it has no shards or empty ones", async () => {
      await publish("r1", things, [{ id: "a", value: 1 }]);
      expect(await warehouse.stage("r2", things, [])).toBe(0);
      await warehouse.publish("r2", [things]);
      expect(await rowsOf(things)).toEqual([]);
      expect(await stage("r3", things, [], [{ id: "a", value: 1 }], [])).toBe(1);
      expect(await warehouse.stage("r4", things, [shardOfText(folder.path, "")])).toBe(0);
    });

    test("staging again replaces what the run staged before", async () => {
      await stage("r1", things, [{ id: "a", value: 1 }]);
      await stage("r1", things, [{ id: "b", value: 2 }]);
      await warehouse.publish("r1", [things]);
      expect(await rowsOf(things)).toEqual([{ id: "b", value: 2 }]);
    });

    test("tables may be staged at the same time", async () => {
      const rows = Array.from({ length: 5000 }, (_, value) => ({ id: String(value), value }));
      expect(await Promise.all([stage("r1", things, rows), stage("r1", history, rows)])).toEqual([5000, 5000]);
    });

    test("a NULL in a REQUIRED column is staged for the audit, and refused by publish for all tables", async () => {
      await publish("r1", things, [{ id: "a", value: 1 }]);
      await stage("r2", things, [{ id: "b", value: 2 }]);
      await stage("r2", history, [{ id: null, value: 2 }]);
      await expect(warehouse.publish("r2", [things, history])).rejects.toThrow(PublishError);
      expect(await rowsOf(things)).toEqual([{ id: "a", value: 1 }]);
      expect(await rowsOf(history)).toEqual([]);
      expect(await warehouse.abandonedRuns()).toEqual(["r2"]);
    });

    test("a column that a shard lacks is NULL", async () => {
      await publish("r1", things, [{ id: "a" }]);
      expect(await rowsOf(things)).toEqual([{ id: "a", value: null }]);
    });

    test("publishing what is not staged is refused, all such tables named", async () => {
      await stage("r1", things, [{ id: "a", value: 1 }]);
      const refused = warehouse.publish("r1", [things, history]);
      await expect(refused).rejects.toThrow(PublishError);
      await expect(refused).rejects.toThrow(/thing_history/);
      expect(await rowsOf(things)).toEqual([]);
    });

    test("publishing some tables keeps the others staged", async () => {
      await stage("r1", things, [{ id: "a", value: 1 }]);
      await stage("r1", history, [{ id: "a", value: 1 }]);
      await warehouse.publish("r1", [history]);
      expect(await warehouse.abandonedRuns()).toEqual(["r1"]);
      await warehouse.publish("r1", [things]);
      expect(await warehouse.abandonedRuns()).toEqual([]);
    });

    test("a part of a table is replaced: the rows that have a listed value go, the staged ones come, others stay", async () => {
      await publish("r1", things, [
        { id: "a", value: 1 },
        { id: "b", value: 2 },
        { id: "c", value: 3 },
      ]);
      const list = contractOf({ table: "listed", columns: [column("id", "STRING", "REQUIRED")] });
      await stage("r2", list, [{ id: "a" }, { id: "b" }, { id: "nobody" }]);
      await stage("r2", things, [{ id: "b", value: 20 }]);
      await stage("r2", history, [{ id: "b", value: 20 }]);
      await warehouse.publish("r2", [{ contract: things, columns: ["id"], valuesIn: list }, history]);
      expect(await rowsOf(things)).toEqual([
        { id: "b", value: 20 },
        { id: "c", value: 3 },
      ]);
      // The list went with the tables.
      expect(await warehouse.abandonedRuns()).toEqual([]);
    });

    test("a part that is told by its own keys takes the place of the rows that have them", async () => {
      await publish("r1", history, [
        { id: "a", value: 1 },
        { id: "a", value: 2 },
        { id: "b", value: 1 },
      ]);
      await stage("r2", history, [
        { id: "a", value: 2 },
        { id: "b", value: 2 },
      ]);
      await warehouse.publish("r2", [{ contract: history, columns: ["id", "value"], valuesIn: history }]);
      expect((await rowsOf(history)).map(({ id, value }) => `${id}${value}`)).toEqual(["a1", "a2", "b1", "b2"]);
    });

    test("a part without its list is refused, and nothing changes", async () => {
      await publish("r1", things, [{ id: "a", value: 1 }]);
      const list = contractOf({ table: "listed", columns: [column("id", "STRING", "REQUIRED")] });
      await stage("r2", things, [{ id: "b", value: 2 }]);
      const refused = warehouse.publish("r2", [{ contract: things, columns: ["id"], valuesIn: list }]);
      await expect(refused).rejects.toThrow(/listed/);
      expect(await rowsOf(things)).toEqual([{ id: "a", value: 1 }]);
    });

    test("a run is discarded alone, whatever its name", async () => {
      const runs = ["Run 1", "run 1", "run_1", "ру́н\"'; DROP"];
      for (const [value, run] of runs.entries()) await stage(run, things, [{ id: run, value }]);
      expect(await warehouse.abandonedRuns()).toEqual([...runs].sort());
      await warehouse.discard("run 1");
      expect(await warehouse.abandonedRuns()).toEqual(runs.filter((run) => run !== "run 1").sort());
      await warehouse.publish("run_1", [things]);
      expect(await rowsOf(things)).toEqual([{ id: "run_1", value: 2 }]);
    });

    test.each([
      ["no JSON", '{"id":"secret","value":1}\n{"id":"secret"\n', /line 2: is no JSON/],
      ["no object", '{"id":"secret","value":1}\n["secret"]\n', /line 2: is no JSON object/],
      ["a fraction", '{"id":"secret","value":1}\n\n{"id":"secret","value":5.5}\n', /line 3: value is no INT64/],
      ["an unsafe integer", '{"id":"secret","value":9007199254740993}\n', /line 1: value is no INT64/],
      ["a text for an integer", '{"id":"secret","value":"secret"}\n', /line 1: value is no INT64/],
      ["half a character", '{"id":"secret\\ud800","value":1}\n', /line 1: id is no STRING/],
    ])("a shard with %s is not staged; the error tells table, file and line, not the value", async (_, text, fault) => {
      const path = shardOfText(folder.path, text);
      const refused = warehouse.stage("r1", things, [shard(folder.path, [{ id: "a", value: 1 }]), path]);
      await expect(refused).rejects.toThrow(StageError);
      await expect(refused).rejects.toThrow(fault);
      await expect(refused).rejects.toThrow(path);
      await expect(refused).rejects.toThrow(/silver_things/);
      await expect(refused).rejects.not.toThrow(/secret/);
      expect(await warehouse.abandonedRuns()).toEqual([]);
    });

    test.each([
      ["words", [null]],
      ["words", "x"],
      ["days", ["2024-02-30"]],
      ["day", "yesterday"],
      ["instant", 1],
      ["flag", "maybe"],
    ])("what is no value of its column is not staged: %s %j", async (name, value) => {
      await expect(stage("r1", everyType, [{ id: "a", [name]: value }])).rejects.toThrow(
        new RegExp(`every_type.*line 1: ${name} is no (ARRAY<)?(STRING|DATE|TIMESTAMP|BOOL)`),
      );
    });

    test("a number beyond all doubles is not staged", async () => {
      const path = shardOfText(folder.path, '{"id":"a","number":1e999}\n');
      await expect(warehouse.stage("r1", everyType, [path])).rejects.toThrow(/line 1: number is no FLOAT64/);
    });

    test("a shard that is missing is named", async () => {
      await expect(warehouse.stage("r1", things, ["/nowhere/x.ndjson"])).rejects.toThrow(
        /silver_things.*\/nowhere\/x\.ndjson: cannot be read \(ENOENT\)/,
      );
    });

    test("files are taken by name, whatever characters it has", async () => {
      const odd = temporaryFolder();
      const path = shard(odd.path, [{ id: "a", value: 1 }]);
      const strange = `${odd.path}/it's [1]*?{a,b} ~ü.ndjson`;
      renameSync(path, strange);
      expect(await warehouse.stage("r1", things, [strange])).toBe(1);
      odd.remove();
    });
  });

  describe(`${store}: rows`, () => {
    test("rows of any values come back as they were, in one order, however they were split and shuffled", async () => {
      await warehouse.ensure([everyType]);
      await fc.assert(
        fc.asyncProperty(anyRows, fc.infiniteStream(fc.nat()), async (rows, choices) => {
          await stage("r1", everyType, rows);
          await warehouse.publish("r1", [everyType]);
          const first = await rowsOf(everyType);
          const stored = async (): Promise<string> => {
            const lying = await warehouse.query(`SELECT * FROM ${warehouse.tableName(everyType)}`);
            return JSON.stringify(keepsOrder ? lying : byId(lying));
          };
          const before = await stored();
          expect(byId(first)).toEqual(byId(rows));

          await stage("r2", everyType, ...split(shuffled(rows, choices), choices));
          await warehouse.publish("r2", [everyType]);
          expect(JSON.stringify(await rowsOf(everyType))).toBe(JSON.stringify(first));
          expect(await stored()).toBe(before);
        }),
        { numRuns },
      );
    });

    test("rows of any values are exported as they are, and can be staged again", async () => {
      await warehouse.ensure([everyType]);
      await fc.assert(
        fc.asyncProperty(anyRows, async (rows) => {
          await publish("r1", everyType, rows);
          const path = join(mkdtempSync(join(folder.path, "export-")), "it's.ndjson");
          const sql = `SELECT * FROM ${warehouse.tableName(everyType)} AS everything WHERE TRUE`;
          expect(await warehouse.export(sql, path)).toEqual({ rows: rows.length, bytes: statSync(path).size });
          const exported = readFileSync(path, "utf8").split("\n").slice(0, -1);
          expect(byId(exported.map((line) => JSON.parse(line) as Row))).toEqual(byId(rows));
          expect(await warehouse.stage("r2", everyType, [path])).toBe(rows.length);
          // It holds what the tables hold: nobody else on the machine may read it.
          expect(statSync(path).mode & 0o077).toBe(0);
        }),
        { numRuns },
      );
    });

    test("what cannot be exported names the query, and a file that is there is not written over", async () => {
      const path = join(mkdtempSync(join(folder.path, "export-")), "rows.ndjson");
      await warehouse.ensure([everyType]);
      const sql = `SELECT no_such_column FROM ${warehouse.tableName(everyType)}`;
      await expect(warehouse.export(sql, path)).rejects.toThrow(QueryError);
      writeFileSync(path, "mine");
      await expect(warehouse.export("SELECT 1 AS one", path)).rejects.toThrow(/EEXIST/);
      expect(readFileSync(path, "utf8")).toBe("mine");
    });

    test("rows are read by key, NULL first, texts in byte order", async () => {
      const pairs = contractOf({
        key: ["word", "number"],
        columns: [column("word", "STRING"), column("number", "INT64")],
      });
      await warehouse.ensure([pairs]);
      const words = ["b", "a", "B", "é", "", "\u{10000}", "\uffff", null];
      await publish(
        "r1",
        pairs,
        words.flatMap((word) => [2, null, 10].map((number) => ({ word, number }))),
      );
      const read = await rowsOf(pairs);
      expect(read.slice(0, 3)).toEqual([null, 2, 10].map((number) => ({ word: null, number })));
      expect(read.filter(({ number }) => number === 2).map(({ word }) => word)).toEqual([
        null,
        "",
        "B",
        "a",
        "b",
        "é",
        "\uffff",
        "\u{10000}",
      ]);
    });

    if (keepsOrder) {
      test("partitions lie together, in each the cluster, in that the key", async () => {
        await warehouse.ensure([everyType]);
        const row = { whole: null, number: null, flag: null, instant: null, words: [], days: [], instants: [] };
        const order = [
          ["4", null, "z"],
          ["2", "2024-01-31", "a"],
          ["3", "2024-01-01", "b"],
          ["1", "2024-02-01", "a"],
        ] as const;
        await publish(
          "r1",
          everyType,
          [...order].reverse().map(([id, day, word]) => ({ ...row, id, day, word })),
        );
        const physical = await warehouse.query(`SELECT id FROM ${warehouse.tableName(everyType)}`);
        expect(physical.map(({ id }) => id)).toEqual(order.map(([id]) => id));
      });
    }

    test("a reader sees one state while others publish", async () => {
      await warehouse.ensure([things]);
      const rows = Array.from({ length: 10_000 }, (_, value) => ({ id: String(value).padStart(5, "0"), value }));
      await publish("r1", things, rows);
      const reading = warehouse.read(things)[Symbol.asyncIterator]();
      await reading.next();
      await publish("r2", things, []);
      let seen = 1;
      while (!(await reading.next()).done) seen += 1;
      expect(seen).toBe(10_000);
      expect(await rowsOf(things)).toEqual([]);
    });
  });

  describe(`${store}: ensure and describe`, () => {
    test("the catalog has every fact of the contract", async () => {
      await warehouse.ensure([everyType]);
      expect(await described(everyType)).toEqual(factsOf(everyType));
    });

    test("a second ensure changes nothing", async () => {
      await warehouse.ensure([things, everyType, thingsView]);
      await publish("r1", things, [{ id: "a", value: 1 }]);
      const before = await described(everyType);
      await warehouse.ensure([things, everyType, thingsView]);
      expect(await described(everyType)).toEqual(before);
      expect(await rowsOf(thingsView)).toEqual([{ id: "a", twice: 2 }]);
    });

    test("columns are added at the end, as NULL or as empty arrays; REQUIRED may be relaxed", async () => {
      await warehouse.ensure([things]);
      await publish("r1", things, [{ id: "a", value: 1 }]);
      const evolved = contractOf({
        version: "1.1.0",
        description: "Now with more.",
        columns: [
          column("words", "STRING", "REPEATED"),
          column("note", "STRING"),
          { ...column("id", "STRING"), description: "No longer REQUIRED." },
          column("value", "INT64"),
        ],
      });
      await warehouse.ensure([evolved]);
      await warehouse.ensure([evolved]);
      const [words, note, id, value] = factsOf(evolved).columns;
      expect(await described(evolved)).toEqual({ ...factsOf(evolved), columns: [id, value, words, note] });
      expect(await rowsOf(evolved)).toEqual([{ words: [], note: null, id: "a", value: 1 }]);
      await publish("r2", evolved, [{ id: null, value: 2, words: ["x"], note: "n" }]);
      expect(await rowsOf(evolved)).toEqual([{ words: ["x"], note: "n", id: null, value: 2 }]);
    });

    test("a column that is only NULLABLE is added to a table with rows and views", async () => {
      await warehouse.ensure([things, thingsView]);
      await publish("r1", things, [{ id: "a", value: 1 }]);
      const evolved = { ...things, version: "1.1.0", columns: [...things.columns, column("note", "STRING")] };
      await warehouse.ensure([evolved, thingsView]);
      expect(await described(evolved)).toEqual(factsOf(evolved));
      expect(await rowsOf(thingsView)).toEqual([{ id: "a", twice: 2 }]);
    });

    test("a new REQUIRED column fits an empty table only", async () => {
      const evolved = { ...things, columns: [...things.columns, column("owner", "STRING", "REQUIRED")] };
      await warehouse.ensure([things]);
      await warehouse.ensure([evolved]);
      expect(await described(evolved)).toEqual(factsOf(evolved));
      await publish("r1", evolved, [{ id: "a", value: 1, owner: "o" }]);
      const again = { ...evolved, columns: [...evolved.columns, column("place", "STRING", "REQUIRED")] };
      await expect(warehouse.ensure([again])).rejects.toThrow(/place: is new and REQUIRED/);
    });

    test("what would break readers is refused, every fault of every table named, and nothing is changed", async () => {
      await warehouse.ensure([things, history]);
      const broken = contractOf({
        version: "2.0.0",
        key: ["id", "value"],
        partition: { column: "day", granularity: "DAY" },
        columns: [column("id", "INT64", "REQUIRED"), column("day", "DATE")],
      });
      const tightened = {
        ...history,
        columns: [column("id", "STRING", "REPEATED"), column("value", "INT64", "REQUIRED")],
      };
      const fresh = contractOf({ table: "fresh", columns: things.columns });
      const refused = warehouse.ensure([fresh, broken, tightened]);
      await expect(refused).rejects.toThrow(IncompatibleTableError);
      await expect(refused).rejects.toHaveProperty("tables", [
        {
          table: warehouse.tableName(things),
          faults: [
            "key: is (id), the contract says (id, value)",
            "partition: is none, the contract says day by DAY",
            "id: is STRING, the contract says INT64",
            "value: the contract 2.0.0 no longer has it",
          ],
        },
        {
          table: warehouse.tableName(history),
          faults: ["id: is STRING, the contract says ARRAY<STRING>", "value: may be NULL, the contract says REQUIRED"],
        },
      ]);
      expect(await warehouse.exists(fresh)).toBe(false);
      expect(await described(things)).toEqual(factsOf(things));
    });

    test("a table that does not exist is missing, not empty", async () => {
      expect(await warehouse.exists(things)).toBe(false);
      await expect(rowsOf(things)).rejects.toThrow(MissingTableError);
      await expect(described(things)).rejects.toThrow(MissingTableError);
      await warehouse.ensure([things]);
      expect(await warehouse.exists(things)).toBe(true);
    });
  });

  describe(`${store}: views`, () => {
    test("a view has the contract's columns, types and facts", async () => {
      await warehouse.ensure([thingsView, things]);
      await publish("r1", things, [{ id: "a", value: 21 }]);
      expect(await rowsOf(thingsView)).toEqual([{ id: "a", twice: 42 }]);
      const facts = factsOf(thingsView);
      const columns = facts.columns.map((stored) => ({ ...stored, nullable: true }));
      expect(await described(thingsView)).toEqual({ ...facts, columns });
    });

    test("a view with a query of its own reads the tables that it names, views too", async () => {
      const total = view("total", "SELECT id, SUM(twice) AS twice FROM {{things_view}} GROUP BY id", "things_view");
      await warehouse.ensure([total, thingsView, things]);
      await publish("r1", things, [{ id: "a", value: 21 }]);
      expect(await rowsOf(total)).toEqual([{ id: "a", twice: 42 }]);
    });

    test("a changed view is made anew", async () => {
      await warehouse.ensure([things, thingsView]);
      await publish("r1", things, [{ id: "a", value: 1 }]);
      const thrice = view("things_view", "SELECT id, value * 3 AS twice FROM {{table}}", things.table);
      await warehouse.ensure([things, thrice]);
      expect(await rowsOf(thrice)).toEqual([{ id: "a", twice: 3 }]);
    });

    test.each([
      ["SELECT id, nothing AS twice FROM {{table}}", /its query does not run: .*nothing/],
      ["SELECT id FROM {{table}}", /twice: its query does not give it/],
      ["SELECT id, 'x' AS twice FROM {{table}}", /twice: its query gives STRING, the contract says INT64/],
      ["SELECT id, 1 AS twice, 2 AS more FROM {{table}}", /more: the contract does not have it/],
    ])("a view whose query is not its contract's is refused: %s", async (query, fault) => {
      await expect(warehouse.ensure([things, view("odd", query, things.table)])).rejects.toThrow(fault);
      expect(await warehouse.exists(things)).toBe(false);
    });

    test("a view holds no rows to stage or publish", async () => {
      await warehouse.ensure([things, thingsView]);
      await expect(warehouse.stage("r1", thingsView, [])).rejects.toThrow(StageError);
      await expect(warehouse.publish("r1", [thingsView])).rejects.toThrow(PublishError);
    });
  });

  describe(`${store}: queries`, () => {
    test("values have the forms of rows", async () => {
      const sql =
        "SELECT CAST('2024-08-26 15:33:27.642846' AS TIMESTAMP) AS instant, CAST('0001-01-01' AS DATE) AS day, " +
        "SUM(n) AS total, AVG(n) AS mean, 0.5 AS half, n > 1 AS more, NULL AS nothing " +
        "FROM (SELECT 2 AS n) AS t GROUP BY n";
      expect(await warehouse.query(sql)).toEqual([
        {
          instant: "2024-08-26T15:33:27.642846Z",
          day: "0001-01-01",
          total: 2,
          mean: 2,
          half: 0.5,
          more: true,
          nothing: null,
        },
      ]);
    });

    test("NULL sorts first upwards and last downwards", async () => {
      const sql = "SELECT n FROM (SELECT 1 AS n UNION ALL SELECT NULL UNION ALL SELECT 2) AS t ORDER BY n";
      expect((await warehouse.query(sql)).map(({ n }) => n)).toEqual([null, 1, 2]);
      expect((await warehouse.query(`${sql} DESC`)).map(({ n }) => n)).toEqual([2, 1, null]);
    });

    test.each<readonly [string, RegExp]>([
      ["SELECT nothing\nFROM nowhere", /nowhere(.|\n)*in: SELECT nothing …/],
      ["SELEKT 1", /SELEKT/],
      ["SELECT 1; SELECT 2", /one query at a time/],
      ["CREATE TABLE x (a INTEGER)", /only SELECT/],
      ["SELECT 9007199254740993 AS n", /n: an integer beyond 2\^53/],
      ...(refusesDoubleNames ? [["SELECT 1 AS n, 2 AS n", /two columns are named n/] as const] : []),
      ["SELECT n / (n - n) AS ratio FROM (SELECT 1 AS n) AS t", /./],
      ["SELECT [1, 2] AS numbers", /numbers: arrays hold texts/],
    ])("what cannot be a result is refused: %s", async (sql, fault) => {
      await expect(warehouse.query(sql)).rejects.toThrow(QueryError);
      await expect(warehouse.query(sql)).rejects.toThrow(fault);
    });
  });
}

const thingsView = contractOf({
  table: "things_view",
  dataset: "semantic",
  layer: "semantic",
  kind: "view",
  view: { from: "silver_things" },
  columns: [column("id", "STRING", "REQUIRED"), { ...column("twice", "INT64"), sql: "value * 2" }],
});

function view(table: string, query: string, from: string): TableContract {
  return { ...thingsView, table, view: { from, query }, columns: thingsView.columns.map(({ sql, ...rest }) => rest) };
}

function factsOf(contract: TableContract) {
  return {
    version: contract.version,
    description: contract.description,
    key: contract.key,
    partition: contract.partition ?? null,
    cluster: contract.cluster,
    columns: contract.columns.map(({ name, type, mode, description }) => ({
      name,
      type: mode === "REPEATED" ? `ARRAY<${type}>` : type,
      nullable: mode === "NULLABLE",
      description,
    })),
  };
}

const LAST_MICROSECOND = 315_537_897_600_000_000n - 1n;
const anyTimestamp = fc.oneof(
  fc.constantFrom("0001-01-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
  fc.bigInt({ min: 0n, max: LAST_MICROSECOND }).map((micros) => {
    const whole = new Date(Number(micros / 1000n) + Date.parse("0001-01-01T00:00:00Z")).toISOString();
    return `${whole.slice(0, 23)}${(micros % 1000n).toString().padStart(3, "0")}Z`;
  }),
);
const anyDay = anyTimestamp.map(dayOf);
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "null", "\u0000", "\n\r\t", "\"\\'", "\u2028"),
);
/** JSON has no -0: JSON.stringify writes 0. */
const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.constantFrom(0.1 + 0.2, Number.MIN_VALUE, Number.MAX_VALUE, -Number.MIN_VALUE, 2 ** 53 + 2),
);
const anyRow = fc.record({
  id: anyText,
  word: fc.option(anyText),
  whole: fc.option(fc.maxSafeInteger()),
  number: fc.option(anyNumber),
  flag: fc.option(fc.boolean()),
  day: fc.option(anyDay),
  instant: fc.option(anyTimestamp),
  words: fc.array(anyText, { maxLength: 3 }),
  days: fc.array(anyDay, { maxLength: 2 }),
  instants: fc.array(anyTimestamp, { maxLength: 2 }),
});
const anyRows = fc.uniqueArray(anyRow, { selector: ({ id }) => id, maxLength: 12 });

function byId(rows: readonly { readonly id?: unknown }[]): readonly object[] {
  return [...rows].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
}

function shuffled<T>(items: readonly T[], choices: Iterator<number>): readonly T[] {
  return items
    .map((item) => ({ item, rank: choices.next().value as number }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function split<T>(items: readonly T[], choices: Iterator<number>): readonly (readonly T[])[] {
  const parts: T[][] = [[], [], []];
  for (const item of items) parts[(choices.next().value as number) % parts.length]?.push(item);
  return parts;
}
