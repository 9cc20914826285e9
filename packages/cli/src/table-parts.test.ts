import { type TableContract, tableContracts } from "@junoplus/contracts";
import { expect, test } from "vitest";
import { changedPart } from "./table-parts";

const built = tableContracts.filter(
  ({ kind, layer }) => kind === "table" && (layer === "silver" || layer === "gold" || layer === "state"),
);
const columnsOf = (contract: TableContract): readonly string[] | null => {
  const part = changedPart(contract);
  return "contract" in part ? part.columns : null;
};

test("of every table the rows that changed are replaced, told by their keys; what a run itself leaves is written whole", () => {
  expect(Object.fromEntries(built.map((contract) => [contract.table, columnsOf(contract)]))).toEqual({
    silver_medications: ["user_id", "medication_key", "valid_from"],
    silver_period_tracking: ["user_id", "date"],
    silver_therapy_sessions: ["user_id", "session_id"],
    silver_user_profiles: ["user_id"],
    daily_metrics_v1: ["session_date"],
    ml_training_base_v2: ["user_id", "session_id"],
    gold_therapy_effectiveness: ["user_id", "month"],
    user_analytics_v1: ["user_id"],
    day_totals: ["session_date"],
    document_states: ["changelog", "document_key"],
    file_positions: null,
    last_run: null,
    recent_changes: null,
    table_positions: null,
  });
});

test("the columns that tell a part are of the key: what is unique when it is staged stays so in the table", () => {
  for (const contract of tableContracts) {
    for (const column of columnsOf(contract) ?? []) expect(contract.key, contract.table).toContain(column);
  }
});
