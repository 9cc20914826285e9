/** What a run decides about every gold row. */
export interface Run {
  /** As-of instant of the run, canonical text; rows carry it as processed_at. */
  readonly asOf: string;
}
