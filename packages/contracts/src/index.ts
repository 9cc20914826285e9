export { type AgeGroup, ageGroup, wholeYears } from "./age";
export { compareBytes } from "./byte-order";
export type {
  ChangelogContract,
  Classification,
  Column,
  ColumnType,
  DocumentVersion,
  Fault,
  Layer,
  RejectReason,
  TableContract,
} from "./contract";
export * from "./generated";
export { BY_SENSITIVITY, OPEN_DATASETS } from "./privacy";
export {
  dayOf,
  epochDay,
  epochMicros,
  isTimestamp,
  plusMicros,
  timestampFromFirestore,
  timestampFromIso,
} from "./timestamps";
export { wellFormed } from "./well-formed";
