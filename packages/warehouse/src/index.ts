export { type PolicyTags, tableLabels } from "./bigquery-schema";
export type { BigQueryOptions } from "./bigquery-warehouse";
export { CallPlan, type PlannedCall } from "./call-plan";
export { DEFAULT_PREFIX, datasetName } from "./dataset-names";
export { type DuckDbOptions, openDuckDb } from "./duckdb-warehouse";
export {
  IncompatibleTableError,
  MissingTableError,
  PublishError,
  QueryError,
  ReadOnlyWarehouseError,
  StageError,
  type TableFaults,
  WarehouseAccessError,
  WarehouseBusyError,
  WarehouseOpenError,
  WarehouseUrlError,
} from "./errors";
export { openWarehouse, type WarehouseOptions } from "./open-warehouse";
export type { CatalogFacts, PartOfTable, Row, Value, Warehouse } from "./warehouse";
export { writeNdjson } from "./write-ndjson";
