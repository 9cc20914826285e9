export * from "./generated/tables";
export {
  type CurrentTable,
  type HistoryTable,
  type RunInstant,
  rowCounter,
  type SilverOutput,
  type SilverTable,
  silverTable,
} from "./silver-table";
