export { medications } from "./medications";
export { periodTracking } from "./period-tracking";
export {
  type CurrentTable,
  type HistoryTable,
  type RunInstant,
  rowCounter,
  type SilverInput,
  type SilverOutput,
  type SilverTable,
  silverDocuments,
  silverTable,
} from "./silver-table";
export { therapySessions } from "./therapy-sessions";
export { userProfiles } from "./user-profiles";
