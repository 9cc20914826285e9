import { type TableContract, tableContracts } from "@junoplus/contracts";
import {
  type CheckResult,
  consistencyChecks,
  contractChecks,
  freshnessChecks,
  measuredChecks,
  measureFreshness,
  privacyChecks,
} from "@junoplus/quality";
import type { CatalogFacts, Warehouse } from "@junoplus/warehouse";
import { catalogDrift } from "./catalog-drift";
import { factsOrNull } from "./catalog-facts";
import { openToRead, type StoreOptions } from "./open-store";
import type { ExitCode, Output } from "./output";
import { number } from "./progress";

export interface CheckOptions extends StoreOptions {
  /** Canonical instant against which freshness is measured. */
  readonly now: string;
  readonly format: "text" | "json";
}

/** `medallion check`: every promise of the contracts, held against the published tables. Exit 1 when one is broken. */
export async function checkCommand(options: CheckOptions, output: Output): Promise<ExitCode> {
  const warehouse = await openToRead(options);
  let checks: readonly CheckResult[];
  try {
    checks = await publishedChecks(warehouse, options.now);
  } finally {
    await warehouse.close();
  }
  const failed = checks.filter(({ status }) => status === "FAIL");
  const warned = checks.filter(({ status }) => status === "WARN");
  if (options.format === "json") {
    output.stdout.write(`${JSON.stringify(checks, null, 2)}\n`);
  } else {
    for (const { status, table, metric, description } of [...failed, ...warned]) {
      output.stdout.write(`${status} ${table}.${metric}: ${description}\n`);
    }
    output.stdout.write(
      `${number(checks.length)} checks: ${number(checks.length - failed.length - warned.length)} passed, ${number(warned.length)} warned, ${number(failed.length)} failed\n`,
    );
  }
  return failed.length === 0 ? 0 : 1;
}

async function publishedChecks(warehouse: Warehouse, now: string): Promise<readonly CheckResult[]> {
  const found = await Promise.all(
    tableContracts.map(async (contract) => ({ contract, facts: await factsOrNull(warehouse, contract) })),
  );
  const present = found.flatMap(({ contract, facts }) => (facts === null ? [] : [contract]));
  const nameOf = (contract: TableContract): string | null =>
    present.some(({ table }) => table === contract.table) ? warehouse.tableName(contract) : null;
  const rowsOf = ({ contract, facts }: Found) =>
    facts === null || contract.kind === "view" ? [] : contractChecks(contract, warehouse.tableName(contract));
  const [measured, freshness] = await Promise.all([
    measuredChecks(warehouse, [...found.map(rowsOf), consistencyChecks(nameOf)]),
    measureFreshness(warehouse, nameOf, now),
  ]);
  const ofTables = found.flatMap(({ contract, facts }, index) => [
    existence(contract, facts !== null),
    ...(facts === null ? [] : catalogDrift(contract, facts)),
    ...(measured[index] ?? []),
  ]);
  return [...ofTables, ...(measured.at(-1) ?? []), ...privacyChecks(present), ...freshnessChecks(freshness)];
}

/** A table's contract, and what the catalog says of it; null where it is not there. */
interface Found {
  readonly contract: TableContract;
  readonly facts: CatalogFacts | null;
}

function existence({ table, kind }: TableContract, exists: boolean): CheckResult {
  return {
    table,
    metric: "exists",
    category: "consistency",
    value: exists ? 0 : 1,
    threshold: 0,
    status: exists ? "PASS" : "FAIL",
    description: exists ? `the ${kind} is there` : `the ${kind} is not there; medallion run creates it`,
    blocking: !exists,
  };
}
