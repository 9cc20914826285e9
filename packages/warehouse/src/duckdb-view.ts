import type { DuckDBConnection } from "@duckdb/node-api";
import type { TableContract } from "@junoplus/contracts";
import type { StoredTable } from "./duckdb-catalog";
import { commentOnColumn, commentOnTable } from "./duckdb-ddl";
import type { Evolution } from "./duckdb-evolution";
import { duckDbMessage } from "./duckdb-fault";
import { queriedColumns } from "./duckdb-query";
import { contractTypeOf, duckDbType, quoted } from "./duckdb-sql";
import { describedTable, describedTableText, tableFacts } from "./table-facts";
import { viewFaults } from "./table-shape";
import { type GivenColumn, inContractTypes } from "./view-query";

/** DuckDB's wider types for what is one type in the contract: a sum of BIGINT is HUGEINT, `0.7` is DECIMAL. */
const WIDER: Readonly<Record<string, RegExp>> = {
  INT64: /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/,
  FLOAT64: /^(FLOAT|DECIMAL\(\d+,\d+\)|INT64|U?(TINY|SMALL|HUGE)?INT(EGER)?|UBIGINT)$/,
};

function isWider(given: string, wanted: string): boolean {
  return WIDER[wanted]?.test(given) ?? false;
}

/** The statements that create a view, or replace it when query or types changed; none when it is as it should be. */
export async function viewEvolution(
  connection: DuckDBConnection,
  name: string,
  contract: TableContract,
  query: string,
  stored: StoredTable | null,
): Promise<Evolution> {
  const facts = tableFacts(contract, query);
  const text = describedTableText({ description: contract.description, facts });
  if (stored !== null && describedTable(stored.comment) === null) {
    return { statements: [], faults: ["was not made by this program (it carries no contract): drop or rename it"] };
  }
  if (stored !== null && describedTable(stored.comment)?.facts.query === facts.query && hasTypes(stored, contract)) {
    const comments = new Map(stored.columns.map((column) => [column.name, column.comment]));
    const changed = contract.columns.filter((column) => comments.get(column.name) !== column.description);
    return {
      statements: [
        ...(stored.comment === text ? [] : [commentOnTable(name, "view", text)]),
        ...changed.map((column) => commentOnColumn(name, column)),
      ],
      faults: [],
    };
  }
  const given = await columnsOf(connection, query);
  if (typeof given === "string") return { statements: [], faults: [`its query does not run: ${given}`] };
  return {
    statements: [
      `CREATE OR REPLACE VIEW ${name} AS ${inContractTypes(contract, query, given, duckDbType, quoted)}`,
      commentOnTable(name, "view", text),
      ...contract.columns.map((column) => commentOnColumn(name, column)),
    ],
    faults: viewFaults(
      contract,
      given.map(({ name, type }) => ({ name, type: contractTypeOf(type) })),
      isWider,
    ),
  };
}

/** Names and types that a query gives, or why it does not run. */
async function columnsOf(connection: DuckDBConnection, query: string): Promise<readonly GivenColumn[] | string> {
  try {
    const columns = await queriedColumns(connection, query);
    return columns.map(({ name, type }) => ({ name, type: type.toString() }));
  } catch (error) {
    return duckDbMessage(error);
  }
}

function hasTypes(stored: StoredTable, contract: TableContract): boolean {
  return (
    stored.columns.length === contract.columns.length &&
    contract.columns.every((column, at) => {
      const found = stored.columns[at];
      return found?.name === column.name && found.type === duckDbType(column);
    })
  );
}
