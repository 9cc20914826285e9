import type { TableMetadata } from "@google-cloud/bigquery";
import { silverMedications } from "@junoplus/contracts";
import { openWarehouse } from "@junoplus/warehouse";
import { tableCreation } from "@junoplus/warehouse/bigquery-schema";
import { history } from "@junoplus/warehouse/testing/contracts";
import type { PlannedFault } from "@junoplus/warehouse/testing/fault-proxy";
import { SAMPLE } from "../testing/sample";
import type { ErrorCase, Fault, FaultPlace } from "./fault-place";

const MAKE_DATASET = { method: "POST", path: /\/datasets(\?|$)/ };
const MAKE_TABLE = { method: "POST", path: /_quality\/tables/ };
const CHANGE_TABLE = { method: "PATCH", path: /_quality\/tables/ };

/** Faults while a warehouse is opened, locked, and brought to its contracts. */
export function warehouseCases(place: FaultPlace): Readonly<Record<string, ErrorCase>> {
  const { project } = place;
  const run = (prefix: string, url = `bigquery:${project}`) =>
    place.run(["--source", SAMPLE, "--warehouse", url, "--prefix", prefix]);
  const making = (reason: string, status: number, message: string) => () =>
    place.runWith({ ...MAKE_DATASET, what: { status, reason, message } }, [
      ...["--source", SAMPLE, "--warehouse", `bigquery:${project}`, "--prefix", place.newName()],
    ]);
  /** A table that is not as the last time: its words are others. */
  const changing = (status: number, reason: string, message: string) => () =>
    place.store([{ ...CHANGE_TABLE, what: { status, reason, message } }], (warehouse) =>
      warehouse.ensure([{ ...history, description: "Other words." }]),
    );
  const adding = (fault: Fault<PlannedFault>) => () =>
    place.store([fault], (warehouse) => warehouse.ensure([{ ...history, table: "one_more" }]));
  /** A run into a dataset whose table of medications is otherwise. */
  const found = (otherwise: (metadata: TableMetadata) => TableMetadata) => async () => {
    const prefix = place.newName();
    await place.api.createDataset(`${prefix}_silver`, { location: "US" });
    const metadata = otherwise(tableCreation(silverMedications, {}));
    await place.api.dataset(`${prefix}_silver`).table(silverMedications.table).create(metadata);
    return run(prefix);
  };
  return {
    "datasets lie elsewhere": async () => {
      const prefix = place.newName();
      await place.api.createDataset(`${prefix}_staging`, { location: "US" });
      return run(prefix, `bigquery:${project}/EU`);
    },
    "project is not there": making("notFound", 404, "Not found: Project p1"),
    "may not make datasets": making(
      "accessDenied",
      403,
      "Access Denied: Project p1: User does not have bigquery.datasets.create permission in project p1.",
    ),
    "may not make tables": adding({
      ...MAKE_TABLE,
      what: {
        status: 403,
        reason: "accessDenied",
        message: "Access Denied: Dataset p1:x: Permission bigquery.tables.create denied on dataset p1:x",
      },
    }),
    "may not tag columns": adding({
      ...MAKE_TABLE,
      what: {
        status: 403,
        reason: "accessDenied",
        message: "Access Denied: Permission bigquery.tables.setCategory denied on table p1:x.y",
      },
    }),
    "may not change tables": changing(
      403,
      "accessDenied",
      "Access Denied: Table p1:x.y: Permission bigquery.tables.update denied on table p1:x.y",
    ),
    "somebody else changes the table": changing(412, "conditionNotMet", "Precondition check failed."),
    "table was made by another program": found(({ description: _, ...metadata }) => ({
      ...metadata,
      description: "x",
    })),
    "column has another type": found((metadata) => ({
      ...metadata,
      schema: { fields: fieldsOf(metadata).map((field, at) => (at === 1 ? { ...field, type: "INT64" } : field)) },
    })),
    "column has another mode": found((metadata) => ({
      ...metadata,
      schema: { fields: fieldsOf(metadata).map((field, at) => (at === 1 ? { ...field, mode: "REPEATED" } : field)) },
    })),
    "table has another partition": found((metadata) => ({
      ...metadata,
      timePartitioning: { type: "MONTH", field: "valid_from" },
    })),
    "a view is in the table's place": found(() => ({ view: { query: "SELECT 1 AS one", useLegacySql: false } })),
    "another run is at work": async () => {
      const prefix = place.newName();
      const options = { prefix, bigQueryEndpoint: place.emulator.endpoint, leaseMs: 3_000 };
      const holder = await openWarehouse(`bigquery:${project}`, options);
      await holder.lock("r0");
      try {
        return await run(prefix);
      } finally {
        await holder.close();
      }
    },
  };
}

interface Field {
  readonly name?: string;
  readonly type?: string;
  readonly mode?: string;
}

function fieldsOf({ schema }: TableMetadata): readonly Field[] {
  return (schema as { readonly fields: readonly Field[] }).fields;
}
