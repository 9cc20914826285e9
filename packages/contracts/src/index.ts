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
export {
  type AccessFault,
  API_SWITCHED_OFF,
  CREDENTIALS_NOT_FOUND,
  CREDENTIALS_REFUSED,
  needsRole,
  OUTSIDE_PERIMETER,
  QUOTA_USED_UP,
  switchOn,
  TOO_FAST,
  UNAUTHENTICATED,
} from "./google-access";
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
