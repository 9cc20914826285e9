import { flawedMedication } from "./flawed-documents";
import { DAY, dateText, dayOf, isoText } from "./instants";
import type { Mess, MessKind } from "./mess";
import { commitDelay } from "./person";
import { type PlannedChange, planned } from "./planned-change";
import type { SeededRandom } from "./seeded-random";

const NAMES = [
  "Naproxen",
  "Naproxen",
  "Norethisterone",
  "Paracetamol",
  "Vitamin D",
  "Iron",
  "Mefenamic acid",
  "Magnesium",
  "Ibuprofen",
] as const;
const WORLDLY_NAMES = ["Ибупрофен 💊", "Paracétamol ☕️"] as const;
const DOSAGES = [500, 2.5, 400, 200, "200 mg", "400mg", "10 ml", "1 tablet"] as const;
const FREQUENCIES = [1, 2, 3, 4, "1", "2", "3", "3", "as needed"] as const;
const UNITS = ["day", "daily", "weekly"] as const;

/** The medication document of one user, as it stands. */
export interface MedicationList {
  entries: { entry: unknown; flaw: MessKind | null }[];
}

/** The change that writes the first list. */
export function firstMedications(random: SeededRandom, mess: Mess, list: MedicationList, at: number): PlannedChange {
  list.entries = [newMedication(random, mess, at)];
  return write("CREATE", list, at + commitDelay(random));
}

/** A list that was there before the export: up to five medications. */
export function importedMedications(random: SeededRandom, mess: Mess, list: MedicationList, at: number): PlannedChange {
  const count = random.integer(1, 5);
  list.entries = Array.from({ length: count }, (_, i) => newMedication(random, mess, at - (count - i) * 12 * DAY));
  return write("IMPORT", list, at);
}

/** The next change of the list: a medication is added, removed, or its reminder switched. */
export function nextMedications(random: SeededRandom, mess: Mess, list: MedicationList, at: number): PlannedChange {
  const { entries } = list;
  const act = random.fraction();
  if (entries.length === 0 || (act < 0.54 && entries.length < 5)) {
    entries.push(newMedication(random, mess, at));
  } else if (act < 0.8) {
    entries.splice(random.integer(0, entries.length - 1), 1);
  } else {
    const index = random.integer(0, entries.length - 1);
    const { entry, flaw } = entries[index] ?? { entry: null, flaw: null };
    if (isMedication(entry)) {
      entries[index] = { entry: { ...entry, isNotificationEnabled: !entry.isNotificationEnabled }, flaw };
    }
  }
  return write("UPDATE", list, at + commitDelay(random));
}

function newMedication(random: SeededRandom, mess: Mess, at: number): MedicationList["entries"][number] {
  return flawedMedication(mess, {
    name: random.chance(0.02) ? random.pick(WORLDLY_NAMES) : random.pick(NAMES),
    dosage: random.pick(DOSAGES),
    frequency: random.pick(FREQUENCIES),
    frequencyUnit: random.pick(UNITS),
    startDate: startDate(random, at),
    isNotificationEnabled: random.chance(0.5),
  });
}

/** With a zone, without one, or the bare day. */
function startDate(random: SeededRandom, at: number): string {
  const form = random.fraction();
  if (form < 0.47) return isoText(at);
  if (form < 0.73) return `${isoText(at).slice(0, -1)}000`;
  return form < 0.87 ? dateText(dayOf(at)) : `${dateText(dayOf(at))}T08:00:00+02:00`;
}

function write(operation: "CREATE" | "UPDATE" | "IMPORT", { entries }: MedicationList, at: number): PlannedChange {
  const flaws = entries.flatMap(({ flaw }) => (flaw === null ? [] : [flaw]));
  return planned(operation, at, { medications: entries.map(({ entry }) => entry) }, [...new Set(flaws)]);
}

function isMedication(entry: unknown): entry is { isNotificationEnabled: boolean } {
  return (
    typeof entry === "object" &&
    entry !== null &&
    "isNotificationEnabled" in entry &&
    typeof entry.isNotificationEnabled === "boolean"
  );
}
