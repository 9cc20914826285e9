import { type CallPlan, openWarehouse, type PolicyTags, type Warehouse } from "@junoplus/warehouse";

/** The warehouse of a command, checked. */
export interface StoreOptions {
  readonly warehouse: string;
  readonly prefix: string;
  /** Where BigQuery's API is, when it is not Google's: an emulator. */
  readonly bigQueryEndpoint?: string | undefined;
}

/** Opens the warehouse of a command that reads. */
export function openToRead({ warehouse, prefix, bigQueryEndpoint }: StoreOptions): Promise<Warehouse> {
  return openWarehouse(warehouse, { prefix, readOnly: true, ...(bigQueryEndpoint && { bigQueryEndpoint }) });
}

/** Opens the warehouse of a dry run: what it would do is taken down in the plan, and nothing is done. */
export function openToPlan(
  { warehouse, prefix, bigQueryEndpoint }: StoreOptions,
  policyTags: PolicyTags,
  plan: CallPlan,
): Promise<Warehouse> {
  return openWarehouse(warehouse, { prefix, policyTags, plan, ...(bigQueryEndpoint && { bigQueryEndpoint }) });
}

/** Opens the warehouse of a command that writes; `policyTags` guard the columns of what BigQuery tables it creates. */
export function openToWrite(
  { warehouse, prefix, bigQueryEndpoint }: StoreOptions,
  policyTags: PolicyTags,
): Promise<Warehouse> {
  return openWarehouse(warehouse, { prefix, policyTags, ...(bigQueryEndpoint && { bigQueryEndpoint }) });
}
