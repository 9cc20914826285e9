import { silverTherapySessions, tableContracts } from "@junoplus/contracts";
import { noneOffends } from "./check-result";
import type { Measurement } from "./measurement";
import { quantity, whole } from "./quantity";
import type { TableNames } from "./table-names";

/** Gold tables that speak of users. */
const ABOUT_USERS = tableContracts.filter(
  ({ layer, kind, columns }) =>
    layer === "gold" && kind === "table" && columns.some((column) => column.name === "user_id"),
);

/** No gold row speaks of a user who has no session in silver_therapy_sessions. */
export function knownUserChecks(nameOf: TableNames): readonly Measurement[] {
  const sessions = nameOf(silverTherapySessions, "changed_users");
  if (sessions === null) return [];
  return ABOUT_USERS.flatMap((contract) => {
    const gold = nameOf(contract, "changed_users");
    return gold === null ? [] : [knownUserCheck(contract.table, gold, sessions)];
  });
}

function knownUserCheck(table: string, gold: string, sessions: string): Measurement {
  return {
    columns: { row_total: "COUNT(*)", unknown_total: "COUNT(CASE WHEN known.user_id IS NULL THEN 1 END)" },
    from:
      `${gold} AS gold ` +
      `LEFT JOIN (SELECT user_id FROM ${sessions} GROUP BY user_id) AS known ON gold.user_id = known.user_id`,
    results: (count) => {
      const offending = count("unknown_total");
      const rows = quantity(count("row_total"), "row");
      const outcome = offending === 0 ? `all ${rows}` : `not so for ${whole(offending)} of ${rows}`;
      const description = `every user has a session in silver_therapy_sessions: ${outcome}`;
      return [noneOffends({ table, metric: "users_known", category: "consistency", offending, description })];
    },
  };
}
