import type { TableContract } from "@junoplus/contracts";
import { type CatalogFacts, MissingTableError, type Warehouse } from "@junoplus/warehouse";

/** What a warehouse's catalog says of a table; null where there is none. Throws IncompatibleTableError for another program's. */
export async function factsOrNull(warehouse: Warehouse, contract: TableContract): Promise<CatalogFacts | null> {
  try {
    return await warehouse.describe(contract);
  } catch (error) {
    if (error instanceof MissingTableError) return null;
    throw error;
  }
}
