import type { PathParams } from "@junoplus/bronze-ingest";
import {
  type BronzeMedications,
  bronzeMedications,
  dayOf,
  type SilverMedications,
  silverMedications,
} from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import type { DocumentState, HistoryTable, RunInstant } from "./silver-table";

/** silver_medications: the periods in which each entry of a user's list stayed the same (SCD type 2). */
export const medications: HistoryTable<BronzeMedications, SilverMedications> = {
  kind: "history",
  from: bronzeMedications,
  to: silverMedications,
  toRows,
  pathColumns: { userId: "user_id" },
};

type Entry = NonNullable<BronzeMedications["medications"]>[number];
/** What a period is about: a change in any of these starts a new one. */
type Medication = Pick<
  SilverMedications,
  | "medication_key"
  | "medication_name"
  | "dosage"
  | "frequency"
  | "frequency_unit"
  | "start_date"
  | "notifications_enabled"
>;
interface OpenPeriod {
  readonly medication: Medication;
  readonly from: string;
}

/** All states of one user's list as periods. States come in order, one an instant. */
export function toRows(
  states: readonly DocumentState<BronzeMedications>[],
  params: PathParams,
  { asOf }: RunInstant,
): readonly SilverMedications[] {
  const user = params["userId"] ?? "";
  const rows: SilverMedications[] = [];
  let open = new Map<string, OpenPeriod>();
  const close = ({ medication, from }: OpenPeriod, to: string | null): void => {
    rows.push({
      user_id: user,
      ...medication,
      valid_from: from,
      valid_to: to,
      is_active: to === null,
      changed_at: to ?? from,
      processed_at: asOf,
    });
  };
  for (const { changedAt, document } of states) {
    const next = new Map<string, OpenPeriod>();
    for (const medication of entriesByKey(document)) {
      const running = open.get(medication.medication_key);
      const unchanged = running !== undefined && isSame(running.medication, medication);
      next.set(medication.medication_key, unchanged ? running : { medication, from: changedAt });
    }
    for (const [key, period] of open) if (next.get(key) !== period) close(period, changedAt);
    open = next;
  }
  for (const period of open.values()) close(period, null);
  return rows;
}

/** The entries of a list by key: of two with one key the last one wins. */
function entriesByKey(document: BronzeMedications | null): Iterable<Medication> {
  const byKey = new Map<string, Medication>();
  for (const entry of document?.medications ?? []) {
    const medication = toMedication(entry);
    byKey.set(medication.medication_key, medication);
  }
  return byKey.values();
}

function toMedication(entry: Entry): Medication {
  return {
    medication_key: medicationKey(entry.name),
    medication_name: entry.name,
    dosage: asText(entry.dosage),
    frequency: asText(entry.frequency),
    frequency_unit: entry.frequencyUnit ?? null,
    start_date: entry.startDate === undefined ? null : dayOf(entry.startDate),
    notifications_enabled: entry.isNotificationEnabled ?? null,
  };
}

/** A medication's name as its key: trimmed, inner white space single, lower case. */
export function medicationKey(name: string): string {
  return name.trim().replace(/\s+/g, " ").toLowerCase();
}

function asText(value: string | number | undefined): string | null {
  return value === undefined ? null : String(value);
}

function isSame(a: Medication, b: Medication): boolean {
  return (Object.keys(a) as (keyof Medication)[]).every((column) => a[column] === b[column]);
}

requireForSerialization("@junoplus/silver-transforms/medications", exports);
