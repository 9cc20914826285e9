export * from "./generated/tables";
export {
  type AnySilverTable,
  type CurrentTable,
  type HistoryTable,
  isNamedByPath,
  keyOfPath,
  laterSnapshot,
  liveRows,
  type RunInstant,
  rowCounter,
  type SilverInput,
  type SilverOutput,
  type SilverTable,
  type SnapshotOrder,
  silverDocuments,
  silverTable,
} from "./silver-table";
