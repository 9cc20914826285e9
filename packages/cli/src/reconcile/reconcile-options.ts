import { type FirestorePlace, firestorePlace } from "@junoplus/bronze-ingest/firestore-place";
import { tableContracts } from "@junoplus/contracts";
import type { StoreOptions } from "../open-store";
import { OptionsError } from "../options-error";
import { datasetPrefix, warehouseUrl } from "../run-options";

/** What `medallion reconcile` does, checked. */
export interface ReconcileOptions extends StoreOptions {
  readonly firestore: FirestorePlace;
  /** Where Firestore is, when it is not Google's: an emulator's `HOST:PORT`. */
  readonly firestoreEmulatorHost?: string | undefined;
  /** Names of silver tables. */
  readonly tables: ReadonlySet<string>;
  /** How long a write may be under way until it is in the change log. */
  readonly settleMinutes: number;
  readonly format: "text" | "json";
  /** Where imports of missing and stale documents are written; null where none are wanted. */
  readonly importDirectory: string | null;
  /** Canonical timestamp of now. */
  readonly now: string;
}

/** Options as they stand on the command line. */
export interface ReconcileArguments {
  readonly firestore?: string;
  readonly warehouse?: string;
  readonly prefix?: string;
  readonly tables?: string;
  readonly settle?: string;
  readonly format?: string;
  readonly writeImports?: string;
  readonly bigQueryEndpoint?: string | undefined;
  readonly firestoreEmulatorHost?: string | undefined;
}

const SILVER_TABLES: readonly string[] = tableContracts
  .filter(({ layer }) => layer === "silver")
  .map(({ table }) => table);

/** Checks the arguments. Throws OptionsError with every fault. */
export function reconcileOptions(given: ReconcileArguments, now: string): ReconcileOptions {
  const faults: string[] = [];
  const { bigQueryEndpoint, firestoreEmulatorHost } = given;
  if (firestoreEmulatorHost && !/^[^\s/]+:\d{1,5}$/.test(firestoreEmulatorHost)) {
    faults.push(`FIRESTORE_EMULATOR_HOST ${firestoreEmulatorHost}: write host:port, for example 127.0.0.1:8080`);
  }
  const options = {
    firestore: place(given.firestore, faults),
    warehouse: warehouseUrl(given.warehouse, faults),
    prefix: datasetPrefix(given.prefix, faults),
    tables: silverTablesOf(given.tables, faults),
    settleMinutes: minutes(given.settle, faults),
    format: given.format === "json" ? ("json" as const) : ("text" as const),
    importDirectory: importDirectory(given.writeImports, faults),
    ...(bigQueryEndpoint && { bigQueryEndpoint }),
    ...(firestoreEmulatorHost && { firestoreEmulatorHost }),
    now,
  };
  if (faults.length > 0) throw new OptionsError(faults);
  return Object.freeze(options);
}

function place(given: string | undefined, faults: string[]): FirestorePlace {
  const read = firestorePlace(given ?? "");
  if (read !== null) return read;
  faults.push(
    given === undefined
      ? "--firestore is missing: name the project, for example --firestore my-project, or --firestore my-project/my-database"
      : `--firestore ${given}: is no database; write PROJECT or PROJECT/DATABASE`,
  );
  return { project: "", database: "" };
}

function silverTablesOf(given: string | undefined, faults: string[]): ReadonlySet<string> {
  if (given === undefined) return new Set(SILVER_TABLES);
  const names = given.split(",").map((name) => name.trim());
  for (const name of names) {
    if (SILVER_TABLES.includes(name)) continue;
    faults.push(`--tables ${name}: is no silver table; choose from ${SILVER_TABLES.join(", ")}`);
  }
  return new Set(names);
}

function minutes(given = "10", faults: string[]): number {
  if (!/^\d{1,6}$/.test(given)) faults.push(`--settle ${given}: write a whole number of minutes`);
  return Number(given);
}

function importDirectory(given: string | undefined, faults: string[]): string | null {
  if (given === "") faults.push("--write-imports is empty: name a directory");
  return given ?? null;
}
