import { history } from "@junoplus/warehouse/testing/contracts";
import type { PlannedFault } from "@junoplus/warehouse/testing/fault-proxy";
import { shardOfText } from "@junoplus/warehouse/testing/shards";
import { SAMPLE } from "../testing/sample";
import type { ErrorCase, Fault, FaultPlace } from "./fault-place";

const LOAD = { method: "POST", path: /^\/upload/ };
const STAGE = { method: "POST", path: /_staging\/tables/ };

/** Faults while shards are loaded into staging tables. Where a load goes through in the end, it is published too. */
export function loadCases(place: FaultPlace): Readonly<Record<string, ErrorCase>> {
  const loading = (fault: Fault<PlannedFault>) => () =>
    place.store([fault], async (warehouse, { shard }) => {
      await warehouse.stage("r1", history, [shard]);
      await warehouse.publish("r1", [history]);
    });
  const refused = (status: number, reason: string, message: string) =>
    loading({ ...LOAD, what: { status, reason, message } });
  return {
    "quota of loads is used up": () =>
      place.runWith(
        {
          ...LOAD,
          what: {
            status: 403,
            reason: "quotaExceeded",
            message: "Quota exceeded: Your table exceeded quota for imports",
          },
        },
        ["--source", SAMPLE, "--warehouse", `bigquery:${place.project}`, "--prefix", place.newName()],
      ),
    "too many loads at once": loading({
      ...LOAD,
      times: 1,
      what: { status: 403, reason: "rateLimitExceeded", message: "Exceeded rate limits: too many imports" },
    }),
    "BigQuery is unavailable for a load": loading({
      ...LOAD,
      times: 2,
      what: { status: 503, reason: "backendError", message: "Error encountered during execution." },
    }),
    "BigQuery stays unavailable for loads": refused(503, "backendError", "Error encountered during execution."),
    "connection breaks in a load": loading({ ...LOAD, times: 2, what: "cut" }),
    "answer to a load is lost": loading({ ...LOAD, times: 1, what: "lose_answer" }),
    "answer to a staging table is lost": loading({ ...STAGE, times: 1, what: "lose_answer" }),
    "load job fails within BigQuery": () =>
      place.store(
        [
          { ...LOAD, times: 1, what: { failedJob: "internalError", message: "An internal error occurred" } },
          {
            method: "GET",
            path: /\/jobs\/medallion_load_/,
            times: 2,
            what: { failedJob: "internalError", message: "An internal error occurred" },
          },
        ],
        async (warehouse, { shard }) => {
          await warehouse.stage("r1", history, [shard]);
          await warehouse.publish("r1", [history]);
        },
      ),
    "rows do not fit": refused(400, "invalid", "Error while reading data, error message: JSON parsing error: secret"),
    "a row is no JSON": () =>
      place.store([], (warehouse) => warehouse.stage("r1", history, [shardOfText(place.directory, '{"id":"secret\n')])),
  };
}
