export { medications } from "./medications";
export { periodTracking } from "./period-tracking";
export {
  type CurrentTable,
  type HistoryTable,
  type RunInstant,
  rowCounter,
  type SilverOutput,
  type SilverTable,
  silverTable,
} from "./silver-table";
export { therapySessions } from "./therapy-sessions";
export { userProfiles } from "./user-profiles";
