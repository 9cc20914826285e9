/**
 * What a change does to readers in one direction. `assumes`: holds for documents that carry only fields which the
 * contract they were written under names; in an open contract a field may have been there unnamed.
 */
export type Verdict = "holds" | "assumes" | "breaks";

export type Direction = "backward" | "forward";

type Bound = "minimum" | "maximum" | "min_length" | "max_length" | "min_items" | "max_items";
/** What a schema says of fields that it does not name: anything, something, or that there are none. */
export type ContentModel = "open" | "partially_open" | "closed";

/** Every way in which two versions of a contract differ; closed, so that every one has a bump. */
export type DifferenceKind =
  | `${Bound}_${"added" | "removed" | "raised" | "lowered"}`
  | `${"const" | "pattern" | "format" | "any_of" | "one_of" | "all_of"}_${"added" | "removed" | "changed"}`
  | `${"items" | "unique_items"}_${"added" | "removed"}`
  | `enum_${"added" | "removed" | "grown" | "shrunk" | "changed"}`
  | `type_${"widened" | "narrowed" | "changed"}`
  | "integer_to_number"
  | "number_to_integer"
  | "null_allowed"
  | "null_refused"
  | `property_added_to_${ContentModel}`
  | `property_removed_from_${ContentModel}`
  | "required_property_added"
  | "required_property_added_with_default"
  | "column_added"
  | "required_added"
  | "required_added_with_default"
  | "required_removed"
  | `additional_properties_${"opened" | "closed" | "widened" | "narrowed" | "changed"}`
  | "any_of_grown"
  | "any_of_shrunk"
  | "all_of_grown"
  | "all_of_shrunk"
  | "condition_changed"
  | "words_changed"
  | "default_changed"
  | "table_renamed"
  | "contract_moved"
  | "dialect_changed"
  | "key_changed"
  | "partition_changed"
  | "partition_filter_required"
  | "partition_filter_dropped"
  | "partition_expiration_shortened"
  | "partition_expiration_lengthened"
  | "cluster_changed"
  | "write_changed"
  | "dataset_changed"
  | "table_kind_changed"
  | "freshness_changed"
  | "view_changed"
  | "identifier_exposed"
  | "classification_raised"
  | "classification_lowered"
  | "role_added"
  | "role_changed"
  | "as_of_changed"
  | "prefix_changed"
  | "path_changed"
  | "entries_added"
  | "entries_removed"
  | "missing_changed"
  | "version_field_added"
  | "version_field_changed"
  | "unknown_change";

/** One difference between two versions of a contract. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** JSON pointer into the newer schema; into the older one for what is gone. */
  readonly pointer: string;
  /** What changed, and what to do about it. */
  readonly message: string;
  /** Does today's code, with the newer contract, read what was valid under the older one? */
  readonly backward: Verdict;
  /** Does code with the older contract read what is valid under the newer one? */
  readonly forward: Verdict;
}

const SEVERITY: readonly Verdict[] = ["holds", "assumes", "breaks"];

/** The worst of some verdicts. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return SEVERITY[Math.max(0, ...verdicts.map((verdict) => SEVERITY.indexOf(verdict)))] ?? "breaks";
}

/** What all differences together do in one direction. */
export function verdictOf(differences: readonly Difference[], direction: Direction): Verdict {
  return worst(differences.map((difference) => difference[direction]));
}
