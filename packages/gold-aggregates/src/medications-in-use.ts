import { compareBytes } from "@junoplus/contracts";
import type { MedicationPeriod } from "./user-rows";

/** A medication key and the instant from which, or until which, one of its periods counts. */
interface Turn {
  readonly at: string;
  readonly key: string;
}

/** Tells which medications a user took at an instant. Asked for instants that never fall, it reads each period once. */
export class MedicationsInUse {
  private readonly begins: readonly Turn[];
  private readonly ends: readonly Turn[];
  private begun = 0;
  private ended = 0;
  /** Periods of each key that hold the instant: a key whose entry changed has several. */
  private readonly periods = new Map<string, number>();
  /** Keys in use, in byte order. */
  private readonly keys: string[] = [];
  private shared: readonly string[] | null = null;

  constructor(medications: readonly MedicationPeriod[]) {
    const begins: Turn[] = [];
    const ends: Turn[] = [];
    for (const medication of medications) {
      const { medication_key: key, valid_to } = medication;
      const begin = countsFrom(medication);
      // A medication that was struck off before the day it was to start never counts.
      if (valid_to !== null && valid_to <= begin) continue;
      begins.push({ at: begin, key });
      if (valid_to !== null) ends.push({ at: valid_to, key });
    }
    this.begins = begins.sort(byInstant);
    this.ends = ends.sort(byInstant);
  }

  /** The keys in use at an instant, distinct, in byte order; instants must not fall from call to call. */
  at(instant: string): readonly string[] {
    for (let turn = this.begins[this.begun]; turn !== undefined && turn.at <= instant; turn = this.begins[this.begun]) {
      this.begun += 1;
      this.count(turn.key, 1);
    }
    for (let turn = this.ends[this.ended]; turn !== undefined && turn.at <= instant; turn = this.ends[this.ended]) {
      this.ended += 1;
      this.count(turn.key, -1);
    }
    this.shared ??= this.keys.slice();
    return this.shared;
  }

  private count(key: string, change: 1 | -1): void {
    const before = this.periods.get(key) ?? 0;
    const after = before + change;
    this.periods.set(key, after);
    if (before > 0 && after > 0) return;
    this.keys.splice(this.placeOf(key), after > 0 ? 0 : 1, ...(after > 0 ? [key] : []));
    this.shared = null;
  }

  private placeOf(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.keys[middle] ?? "", key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * The instant from which a period counts: the start of start_date, whether the list was known then or not; without a
 * start_date, the change that brought it.
 */
function countsFrom({ start_date, valid_from }: MedicationPeriod): string {
  return start_date === null ? valid_from : `${start_date}T00:00:00.000000Z`;
}

function byInstant(a: Turn, b: Turn): number {
  if (a.at === b.at) return 0;
  return a.at > b.at ? 1 : -1;
}
