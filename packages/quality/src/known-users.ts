import { silverTherapySessions, tableContracts } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { type CheckResult, noneOffends } from "./check-result";
import { figures } from "./figures";
import { quantity, whole } from "./quantity";
import type { TableNames } from "./table-names";

/** Gold tables that speak of users. */
const ABOUT_USERS = tableContracts.filter(
  ({ layer, kind, columns }) =>
    layer === "gold" && kind === "table" && columns.some((column) => column.name === "user_id"),
);

/** No gold row speaks of a user who has no session in silver_therapy_sessions. */
export async function knownUserChecks(warehouse: Warehouse, nameOf: TableNames): Promise<CheckResult[]> {
  const sessions = nameOf(silverTherapySessions, "changed_users");
  if (sessions === null) return [];
  const results = ABOUT_USERS.map(async (contract): Promise<readonly CheckResult[]> => {
    const gold = nameOf(contract, "changed_users");
    return gold === null ? [] : [await knownUserCheck(warehouse, contract.table, gold, sessions)];
  });
  return (await Promise.all(results)).flat();
}

async function knownUserCheck(
  warehouse: Warehouse,
  table: string,
  gold: string,
  sessions: string,
): Promise<CheckResult> {
  const count = await figures(
    warehouse,
    `SELECT COUNT(*) AS row_total, COUNT(CASE WHEN known.user_id IS NULL THEN 1 END) AS unknown_total
    FROM ${gold} AS gold
    LEFT JOIN (SELECT user_id FROM ${sessions} GROUP BY user_id) AS known ON gold.user_id = known.user_id`,
  );
  const offending = count("unknown_total");
  const rows = quantity(count("row_total"), "row");
  return noneOffends({
    table,
    metric: "users_known",
    category: "consistency",
    offending,
    description: `every user has a session in silver_therapy_sessions: ${
      offending === 0 ? `all ${rows}` : `not so for ${whole(offending)} of ${rows}`
    }`,
  });
}
