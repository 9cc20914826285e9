import type { TableContract } from "@junoplus/contracts";

/** The qualified name under which a check finds a table, staged or published; null when there is none to look at. */
export type TableNames = (contract: TableContract) => string | null;
