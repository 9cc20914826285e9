import { setTimeout } from "node:timers/promises";
import type { Table } from "@google-cloud/bigquery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createIfMissing, tableAt } from "./bigquery-catalog";
import { bigQueryClient } from "./bigquery-client";
import { takeFence } from "./bigquery-fence";
import { openBigQuery } from "./bigquery-warehouse";
import { PublishError, WarehouseBusyError, WarehouseOpenError } from "./errors";
import { type BigQueryEmulator, startBigQueryEmulator, withoutBigQueryEmulator } from "./testing/bigquery-emulator";
import { things } from "./testing/contracts";
import { startFaultProxy } from "./testing/fault-proxy";
import { shard, temporaryFolder } from "./testing/shards";
import type { Warehouse } from "./warehouse";

const LEASE_MS = 6_000;

describe.skipIf(withoutBigQueryEmulator)("on the emulator (needs Python 3.13)", () => {
  const folder = temporaryFolder();
  let emulator: BigQueryEmulator;
  beforeAll(async () => {
    emulator = await startBigQueryEmulator();
  }, 300_000);
  afterAll(async () => {
    await emulator?.stop();
    folder.remove();
  });

  const open = (prefix: string, bigQueryEndpoint = emulator.endpoint): Promise<Warehouse> =>
    openBigQuery("bigquery:p1", { prefix, bigQueryEndpoint, leaseMs: LEASE_MS });

  test("of runs that begin at once, one goes on; the others name it and change nothing", async () => {
    await (await open("race")).ensure([things]);
    const runs = await Promise.all(
      ["r1", "r2", "r3", "r4"].map(async (run) => ({ run, warehouse: await open("race") })),
    );
    const outcomes = await Promise.allSettled(runs.map(({ run, warehouse }) => warehouse.lock(run)));
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refusals).toHaveLength(3);
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(WarehouseBusyError);
      expect(refusal.message).toContain(`run ${runs[winner]?.run} is at work here`);
    }
    for (const { warehouse } of runs) await warehouse.close();
  });

  test("a lock whose warehouse is closed is free at once", async () => {
    const told: string[] = [];
    for (const run of ["r1", "r2", "r3"]) {
      const holder = await open("free");
      await holder.lock(run, (other) => told.push(other));
      await holder.close();
    }
    expect(told).toEqual([]);
  });

  test("a run from which another has taken over cannot publish, whatever it believes of its lock", async () => {
    const holder = await open("fence");
    await holder.ensure([things]);
    await holder.lock("r1");
    await holder.stage("r1", things, [shard(folder.path, [{ id: "a", value: 1 }])]);
    const client = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
    await takeFence(client, "fence_staging", "r2");
    await expect(holder.publish("r1", [things])).rejects.toThrow(/published nothing: .*run r2 has taken over/);
    expect(await holder.query(`SELECT COUNT(*) AS n FROM ${holder.tableName(things)}`)).toEqual([{ n: 0 }]);
    await holder.close();
  });

  test("a lock is ours though the answer to its taking was lost", async () => {
    const proxy = await startFaultProxy(emulator.endpoint);
    const holder = await open("taken", proxy.endpoint);
    await holder.ensure([things]);
    const struck = proxy.plan({ method: "POST", path: /_staging\/tables/, times: 1, what: "lose_answer" });
    const told: string[] = [];
    await holder.lock("r1", (other) => told.push(other));
    expect([struck(), told]).toEqual([1, []]);
    await holder.close();
    await proxy.stop();
  });

  // Each waits for a lease of its own dataset.
  describe.concurrent("a lock that names no run", () => {
    const unnamed = async (prefix: string): Promise<Table> => {
      const holder = await open(prefix);
      await holder.lock("r0");
      await holder.close();
      const client = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
      const table = tableAt(client, `${prefix}_staging`, "run_lock");
      await createIfMissing(client, table, { schema: { fields: [{ name: "nothing", type: "BOOL" }] } });
      return table;
    };

    test("is nobody's while it goes, so no run is told of", async () => {
      const table = await unnamed("going");
      const told: string[] = [];
      const taken = (await open("going")).lock("r1", (holder) => told.push(holder));
      await setTimeout(LEASE_MS / 3);
      await table.delete();
      await taken;
      expect(told).toEqual([]);
    });

    test("is of the run that it comes to name", async () => {
      const table = await unnamed("coming");
      const refused = expect((await open("coming")).lock("r2")).rejects.toThrow(/run r1 is at work here/);
      await setTimeout(LEASE_MS / 3);
      for (let beat = 0; beat < 3; beat++) {
        await table.setMetadata({ description: "r1", expirationTime: String(Date.now() + LEASE_MS + beat) });
        await setTimeout(LEASE_MS / 3);
      }
      await refused;
    });

    test("and stays is refused with what to do", async () => {
      await unnamed("staying");
      const warehouse = await openBigQuery("bigquery:p1", {
        prefix: "staying",
        bigQueryEndpoint: emulator.endpoint,
        leaseMs: 500,
      });
      const refused = warehouse.lock("r1");
      await expect(refused).rejects.toThrow(WarehouseOpenError);
      await expect(refused).rejects.toThrow(/staying_staging\.run_lock names no run\. .*drop that table/);
    });
  });

  describe.concurrent("that takes its time", () => {
    test("a holder that is cut off loses its lock to the next one, and can no longer publish", async () => {
      const proxy = await startFaultProxy(emulator.endpoint);
      const [lost, next] = [await open("lost", proxy.endpoint), await open("lost")];
      await lost.lock("r1");
      await lost.ensure([things]);
      await lost.stage("r1", things, [shard(folder.path, [{ id: "a", value: 1 }])]);
      proxy.setCut(true);
      const told: string[] = [];
      await next.lock("r2", (holder) => told.push(holder));
      expect(told).toEqual(["r1"]);
      proxy.setCut(false);
      const refused = lost.publish("r1", [things]);
      await expect(refused).rejects.toThrow(PublishError);
      await expect(refused).rejects.toThrow(/its lock ran out, so another run may be at work/);
      await lost.close();
      // The one who lost it has not thrown away the lock of the other.
      await expect((await open("lost")).lock("r3")).rejects.toThrow(/run r2 is at work here/);
      await next.close();
      await proxy.stop();
    });

    test("a renewal whose answer was lost is a renewal", async () => {
      const proxy = await startFaultProxy(emulator.endpoint);
      const holder = await open("renewed", proxy.endpoint);
      await holder.lock("r1");
      await holder.ensure([things]);
      await holder.stage("r1", things, []);
      const struck = proxy.plan({ method: "PATCH", path: /run_lock/, times: 1, what: "lose_answer" });
      await setTimeout(1.5 * LEASE_MS);
      expect(struck()).toBe(1);
      await holder.publish("r1", [things]);
      await holder.close();
      await proxy.stop();
    });

    test("a lock outlives its first lease while its holder lives", async () => {
      const holder = await open("long");
      await holder.lock("r1");
      await setTimeout(2.5 * LEASE_MS);
      await expect((await open("long")).lock("r2")).rejects.toThrow(WarehouseBusyError);
      await holder.close();
    });
  });
});
