export * from "./generated/tables";
export {
  type AnySilverTable,
  type CurrentTable,
  type HistoryTable,
  hasNamedRows,
  keysOfDocument,
  laterSnapshot,
  liveRows,
  type RunInstant,
  rowCounter,
  rowKeyColumn,
  type SilverInput,
  type SilverOutput,
  type SilverTable,
  type SnapshotOrder,
  silverDocuments,
  silverTable,
} from "./silver-table";
