import { sortedBy } from "./byte-order.js";
import type { Change, ChangeHistory } from "./change-order.js";
import { medicationEntryFault } from "./contracts.js";
import { asArray, asBool, asText, field, isObject, type Json, type JsonObject } from "./document-fields.js";
import { parseIsoText, utcDay } from "./instants.js";

/** What an entry says: while all of it stays the same, its period goes on. */
export type MedicationState = {
  medication_name: string;
  dosage: string | null;
  frequency: string | null;
  frequency_unit: string | null;
  start_date: string | null;
  notifications_enabled: boolean | null;
};

/** A row of silver_medications. */
export type MedicationRow = { user_id: string; medication_key: string } & MedicationState & {
    valid_from: string;
    valid_to: string | null;
    is_active: boolean;
    changed_at: string;
    processed_at: string;
  };

/** The key of a medication name: trimmed, inner white space single, lower case. */
export function medicationKey(name: string): string {
  return name.trim().replace(/\s+/g, " ").toLowerCase();
}

function asPrinted(value: Json): string | null {
  if (value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function stateOf(entry: JsonObject): MedicationState {
  const startDate = parseIsoText(asText(field(entry, "startDate")) ?? "");
  return {
    medication_name: asText(field(entry, "name")) ?? "",
    dosage: asPrinted(field(entry, "dosage")),
    frequency: asPrinted(field(entry, "frequency")),
    frequency_unit: asText(field(entry, "frequencyUnit")),
    start_date: startDate === null ? null : utcDay(startDate),
    notifications_enabled: asBool(field(entry, "isNotificationEnabled")),
  };
}

// The valid entries by key. A DELETE has none: every open period ends.
function statesAfter(change: Change): Map<string, MedicationState> {
  const states = new Map<string, MedicationState>();
  if (change.document === null) return states;
  asArray(field(change.document, "medications")).forEach((entry, index) => {
    if (!isObject(entry) || medicationEntryFault(entry, index) !== null) return;
    const state = stateOf(entry);
    states.set(medicationKey(state.medication_name), state);
  });
  return states;
}

function same(a: MedicationState, b: MedicationState): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

interface Period {
  readonly key: string;
  readonly state: MedicationState;
  readonly from: string;
  to: string | null;
}

function periodsOf(changes: readonly Change[]): Period[] {
  const lastOfEachInstant = changes.filter((change, i) => changes[i + 1]?.timestamp !== change.timestamp);
  const periods: Period[] = [];
  for (const change of lastOfEachInstant) {
    const states = statesAfter(change);
    for (const period of periods.filter(({ to }) => to === null)) {
      const now = states.get(period.key);
      if (now !== undefined && same(now, period.state)) {
        states.delete(period.key);
      } else {
        period.to = change.timestamp;
      }
    }
    // What is left has no open period that says the same: it begins now.
    for (const [key, state] of states) periods.push({ key, state, from: change.timestamp, to: null });
  }
  return periods;
}

/** silver_medications: one row per user, medication and period in which its entry stayed the same. */
export function medicationHistory(history: ChangeHistory, processedAt: string): MedicationRow[] {
  const rows: MedicationRow[] = [];
  for (const [path, changes] of history.documents) {
    const [, userId = ""] = path.split("/");
    for (const { key, state, from, to } of periodsOf(changes)) {
      rows.push({
        user_id: userId,
        medication_key: key,
        ...state,
        valid_from: from,
        valid_to: to,
        is_active: to === null,
        changed_at: to ?? from,
        processed_at: processedAt,
      });
    }
  }
  return sortedBy(rows, (row) => [row.user_id, row.medication_key, row.valid_from]);
}
