export * from "./generated/tables";
export {
  type CurrentTable,
  type HistoryTable,
  laterSnapshot,
  liveRows,
  type RunInstant,
  rowCounter,
  type SilverOutput,
  type SilverTable,
  type SnapshotOrder,
  silverTable,
} from "./silver-table";
