import { setTimeout } from "node:timers/promises";
import type { Warehouse } from "@junoplus/warehouse";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import { takeFence } from "@junoplus/warehouse/bigquery-fence";
import { history } from "@junoplus/warehouse/testing/contracts";
import type { PlannedFault } from "@junoplus/warehouse/testing/fault-proxy";
import type { ErrorCase, Fault, FaultPlace } from "./fault-place";

const SEND = { method: "POST", path: /^\/bigquery\/v2\/projects\/p1\/jobs/ };
const ASK = { method: "GET", path: /\/jobs\/medallion_publish_/ };
const RENEW = { method: "PATCH", path: /\/tables\/run_lock/ };
const LEASE_MS = 900;

/** Faults of queries, and of the publication of a row that has been staged. */
export function publishCases(place: FaultPlace): Readonly<Record<string, ErrorCase>> {
  const publishing =
    (...faults: readonly Fault<PlannedFault>[]) =>
    () =>
      place.store(faults, publish);
  const refused = (status: number, reason: string, message: string) =>
    publishing({ ...SEND, what: { status, reason, message } });
  /** BigQuery takes the job; asked for, it has failed. */
  const failed = (failedJob: string, message: string, times?: number) =>
    publishing(...[SEND, ASK].map((call) => ({ ...call, what: { failedJob, message }, ...(times && { times }) })));
  return {
    "a query gives too much": () =>
      place.store(
        [{ ...SEND, what: { status: 403, reason: "responseTooLarge", message: "Response too large to return." } }],
        (warehouse) => warehouse.query(`SELECT id FROM ${warehouse.tableName(history)}`),
      ),
    "may not run jobs": refused(
      403,
      "accessDenied",
      "Access Denied: Project p1: User does not have bigquery.jobs.create permission in project p1.",
    ),
    "may not write the rows": refused(
      403,
      "accessDenied",
      "Access Denied: Table p1:x.y: Permission bigquery.tables.updateData denied on table p1:x.y",
    ),
    "no billing account": refused(403, "billingNotEnabled", "Billing has not been enabled for this project."),
    "quota of queries is used up": refused(
      403,
      "quotaExceeded",
      "Custom quota exceeded: Your usage exceeded the custom quota for QueryUsagePerDay",
    ),
    "too many queries at once": publishing({
      ...SEND,
      times: 1,
      what: { status: 429, reason: "rateLimitExceeded", message: "Exceeded rate limits: too many concurrent queries" },
    }),
    "job runs elsewhere": refused(404, "notFound", "Not found: Dataset p1:x was not found in location EU"),
    "columns have changed since": refused(400, "invalid", "Provided Schema does not match Table p1:x.y"),
    "transaction exceeds its resources": failed(
      "resourcesExceeded",
      "Resources exceeded during query execution: The query could not be executed in the allotted memory.",
    ),
    "rows were streamed into the table": failed(
      "invalidQuery",
      "UPDATE or DELETE statement over table p1.x.y would affect rows in the streaming buffer, which is not supported",
    ),
    "job was cancelled": failed("stopped", "Job execution was cancelled: User requested cancellation"),
    "job is no longer known": publishing(
      { ...SEND, what: { failedJob: "", message: "" } },
      { ...ASK, what: { status: 404, reason: "notFound", message: "Not found: Job p1:US.medallion_publish_x" } },
    ),
    "another transaction was first": failed(
      "invalidQuery",
      "Transaction is aborted due to concurrent update against table p1.x.y.",
      1,
    ),
    "other transactions are always first": failed(
      "invalidQuery",
      "Transaction is aborted due to concurrent update against table p1.x.y.",
    ),
    "job fails within BigQuery": failed("internalError", "An internal error occurred", 2),
    "connection breaks while a publication is awaited": publishing({ ...ASK, times: 4, what: "lose_answer" }),
    "answer to a publication is lost": publishing({ ...SEND, times: 1, what: "lose_answer" }),
    "table is dropped before the publication": () =>
      place.store([], async (warehouse, { shard, prefix }) => {
        await warehouse.stage("r1", history, [shard]);
        await place.api.dataset(`${prefix}_quality`).table(history.table).delete();
        await warehouse.publish("r1", [history]);
      }),
    "run was overtaken": () =>
      place.store([], async (warehouse, { shard, prefix }) => {
        await warehouse.stage("r1", history, [shard]);
        const client = bigQueryClient({ project: place.project, location: "US" }, place.emulator.endpoint);
        await takeFence(client, `${prefix}_staging`, "r2");
        await warehouse.publish("r1", [history]);
      }),
    "lock could not be renewed": () =>
      place.store(
        [{ ...RENEW, what: { status: 503, reason: "backendError", message: "Error encountered during execution." } }],
        async (warehouse, { shard }) => {
          await warehouse.stage("r1", history, [shard]);
          await setTimeout(LEASE_MS);
          await warehouse.publish("r1", [history]);
        },
        LEASE_MS,
      ),
  };
}

async function publish(warehouse: Warehouse, { shard }: { readonly shard: string }): Promise<void> {
  await warehouse.stage("r1", history, [shard]);
  await warehouse.publish("r1", [history]);
}
