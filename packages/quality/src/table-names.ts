import type { TableContract } from "@junoplus/contracts";

/**
 * The qualified name, or a query in brackets, under which a check finds a table, staged or published; null when there is
 * none to look at. What a check asks of each user alone it asks of `changed_users`: where a run made the rows of some users
 * anew, those of the others were checked by the run that made them.
 */
export type TableNames = (contract: TableContract, of?: "changed_users") => string | null;
