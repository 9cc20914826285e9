import { SeededRandom } from "./seeded-random";

/** Share of messy rows in the sample change log. */
export const SAMPLE_MESS_RATE = 0.12;

/**
 * The kinds of mess, each with its chance at the sample's rate: per change, per document (value mess, shared ids) or
 * per DELETE. What merely happens in life is no mess and always there: import, deletion, recreation, deleted users,
 * other scripts.
 */
const CHANCES = {
  // Delivery.
  exact_duplicate: 0.0085,
  out_of_order: 0.015,
  update_after_delete_in_file: 0.25,
  tie: 0.0065,
  tie_with_delete: 0.085,
  // Writers.
  short_document_name: 0.013,
  unusable_document_name: 0.0008,
  timestamps_as_iso_strings: 0.013,
  missing_path_params: 0.009,
  literal_null_delete: 0.26,
  literal_null_write: 0.002,
  malformed_json: 0.0036,
  unknown_operation: 0.0008,
  // Lives.
  reimport_epoch_of_existing: 0.002,
  reimport_wall_clock_of_existing: 0.002,
  same_session_id_two_users: 0.004,
  // Values.
  out_of_range: 0.013,
  wrong_type: 0.016,
  bad_entry: 0.016,
  nameless_medication: 0.008,
  no_date: 0.003,
  negative_duration: 0.006,
  duration_over_24h: 0.004,
  end_before_start: 0.004,
  nanoseconds: 0.0075,
  unknown_extra_field: 0.012,
} as const;

/** What can be wrong with a row. */
export type MessKind = keyof typeof CHANCES;

export const MESS_KINDS = Object.keys(CHANCES) as readonly MessKind[];

/** Decides what goes wrong. Draws from a sequence of its own. */
export class Mess {
  readonly random: SeededRandom;
  private readonly scale: number;

  constructor(seed: number, rate: number) {
    this.random = new SeededRandom(seed, "mess");
    this.scale = strikesPerRow(rate) / strikesPerRow(SAMPLE_MESS_RATE);
  }

  /** True when this kind of mess strikes, `exposure` times as often as usual. */
  strikes(kind: MessKind, exposure = 1): boolean {
    return this.random.chance(CHANCES[kind] * this.scale * exposure);
  }
}

/** Mess strikes some rows more than once: strikes a row, when so large a share of rows is to be struck. */
function strikesPerRow(share: number): number {
  // -ln(1 - share) by its series, which is the same on any machine.
  return share + share ** 2 / 2 + share ** 3 / 3 + share ** 4 / 4 + share ** 5 / 5;
}
