import { EXTENSION_COLUMNS } from "../testing/changelog-dataset";
import type { ErrorCase, FaultPlace } from "./fault-place";

const TABLE = { method: "GET", path: /\/datasets\/logs\/tables\// };
const CHANGELOG = "medications_data_raw_changelog";
const TOO_MANY = "Exceeded rate limits: too many api requests per user per method for this user_method";
const MEMORY = ["--warehouse", "duckdb::memory:"];

/** Faults of `--source bigquery:…`: looking at tables, opening sessions, reading rows. */
export function sourceCases(place: FaultPlace): Readonly<Record<string, ErrorCase>> {
  const { project } = place;
  const run = (source: string) => place.run(["--source", source, ...MEMORY]);
  const looking = (status: number, reason: string, message: string, times?: number) => () =>
    place.runWith({ ...TABLE, what: { status, reason, message }, ...(times !== undefined && { times }) }, [
      ...["--source", `bigquery:${project}.logs`, ...MEMORY],
    ]);
  const changelog = async (columns: readonly { readonly name: string; readonly type: string }[]) => {
    const dataset = place.newName();
    await place.api.createDataset(dataset, { location: "US" });
    await place.api
      .dataset(dataset)
      .table(CHANGELOG)
      .create({ schema: { fields: [...columns] } });
    return run(`bigquery:${project}.${dataset}`);
  };
  return {
    "source names no dataset": () => run("bigquery:My_Project.logs"),
    "dataset is not there": looking(404, "notFound", `Not found: Dataset ${project}:logs`),
    "change log table is not there": async () => {
      const dataset = place.newName();
      await place.api.createDataset(dataset, { location: "US" });
      return run(`bigquery:${project}.${dataset}`);
    },
    "change log is a view": async () => {
      const dataset = place.newName();
      await place.api.createDataset(dataset, { location: "US" });
      await place.api.dataset(dataset).createTable(CHANGELOG, { view: "SELECT 1 AS one" });
      return run(`bigquery:${project}.${dataset}`);
    },
    "change log lies elsewhere": () => run(`bigquery:${project}.logs/EU`),
    "change log lacks a column": () =>
      changelog(EXTENSION_COLUMNS.filter(({ name }) => name !== "timestamp" && name !== "data")),
    "change log column of another type": () =>
      changelog(EXTENSION_COLUMNS.map(({ name, type }) => ({ name, type: name === "timestamp" ? "STRING" : type }))),
    "may not look at the change log": looking(
      403,
      "accessDenied",
      `Access Denied: Table ${project}:logs.x: Permission bigquery.tables.get denied on table ${project}:logs.x`,
    ),
    "API is switched off": looking(
      403,
      "accessNotConfigured",
      "BigQuery API has not been used in project 1 before or it is disabled.",
    ),
    "service perimeter": looking(
      403,
      "policyViolation",
      "VPC Service Controls: Request is prohibited by organization's policy.",
    ),
    "access token has run out": looking(401, "authError", "Invalid Credentials"),
    "too many requests for a moment": looking(403, "rateLimitExceeded", TOO_MANY, 2),
    "too many requests for tables": looking(403, "rateLimitExceeded", TOO_MANY),
    "quota of requests is used up": looking(403, "quotaExceeded", "Quota exceeded: Your project exceeded quota"),
    "BigQuery fails while tables are looked at": looking(503, "backendError", "Error encountered during execution."),
    "host is not found": () =>
      place.run(["--source", `bigquery:${project}.logs`, ...MEMORY], "http://bigquery.invalid:80"),
    "nobody listens": () => place.run(["--source", `bigquery:${project}.logs`, ...MEMORY], "http://127.0.0.1:1"),
    "may not open read sessions": () =>
      place.readWith({
        method: "CreateReadSession",
        code: "PERMISSION_DENIED",
        message: "request failed: the user does not have 'bigquery.readsessions.create' permission for 'projects/p1'",
      }),
    "may not read the rows": () =>
      place.readWith({
        method: "CreateReadSession",
        code: "PERMISSION_DENIED",
        message: "Access Denied: Table p1:logs.x: Permission bigquery.tables.getData denied on table p1:logs.x",
      }),
    "credentials are not accepted": () =>
      place.readWith({
        method: "CreateReadSession",
        code: "UNAUTHENTICATED",
        message: "Request had invalid authentication credentials.",
      }),
    "clock is ahead": () =>
      place.readWith({
        method: "CreateReadSession",
        code: "INVALID_ARGUMENT",
        message: "request failed: snapshot time is in the future",
      }),
    "change log is dropped before it is opened": () =>
      place.readWith({
        method: "CreateReadSession",
        code: "NOT_FOUND",
        message: "Not found: Table p1:logs.medications_data_raw_changelog",
      }),
    "session comes at the third request": () =>
      place.readWith({
        method: "CreateReadSession",
        code: "UNAVAILABLE",
        message: "The service is unavailable",
        times: 2,
      }),
    "session does not come": () =>
      place.readWith({ method: "CreateReadSession", code: "UNAVAILABLE", message: "The service is unavailable" }),
    "stream breaks in the middle": () =>
      place.readWith({ method: "ReadRows", code: "UNAVAILABLE", message: "Socket closed", times: 3, afterMessages: 2 }),
    "stream is reset": () =>
      place.readWith({
        method: "ReadRows",
        code: "INTERNAL",
        message: "Received RST_STREAM with code 2",
        times: 2,
        afterMessages: 1,
      }),
    "stream stays broken": () => place.readWith({ method: "ReadRows", code: "UNAVAILABLE", message: "Socket closed" }),
    "too much is read at once": () =>
      place.readWith({
        method: "ReadRows",
        code: "RESOURCE_EXHAUSTED",
        message: "Quota exceeded for quota metric 'ReadRows data plane requests' and limit 'per minute per project'",
      }),
    "session has run out": () =>
      place.readWith({
        method: "ReadRows",
        code: "FAILED_PRECONDITION",
        message: "there was an error operating on 'projects/p1/locations/us/sessions/s/streams/0': session expired",
        afterMessages: 2,
      }),
  };
}
