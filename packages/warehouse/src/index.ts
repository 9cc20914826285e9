export type { CatalogFacts, Row, Value, Warehouse } from "./warehouse";
