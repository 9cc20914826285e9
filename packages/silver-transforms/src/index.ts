export * from "./generated/tables";
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
