import { openDuckDb } from "./duckdb-warehouse";
import { warehouseGuarantees } from "./testing/guarantees";

warehouseGuarantees("duckdb", () => openDuckDb("duckdb::memory:"));
