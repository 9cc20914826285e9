import type { SeenRequest } from "@junoplus/warehouse/testing/fault-proxy";

/** A call as this suite compares it: kind, whose, and SQL where there is some; without what is of one run alone. */
export function callText(call: string, target: string, statement: string | null): string {
  const text = call === "query job" ? `${call}\n${statement}` : `${call} ${target}`;
  return text
    .replace(/\d{14}_[0-9a-f]{8}_[0-9a-f]{12}__/g, "RUN__")
    .replace(/\d{14}-[0-9a-f]{8}/g, "RUN")
    .replace(/TIMESTAMP "\d[^"]*"/g, "INSTANT");
}

/**
 * The calls among requests that create, change, load or ask anything; what only looks (GET, dry runs) is left out, and so is the
 * lock's renewal, which goes by the clock.
 */
export function callsOf(requests: readonly SeenRequest[]): readonly string[] {
  const jobs = new Set<string>();
  return requests.flatMap(({ method, path, body }) => {
    // A job that is sent again, under the same id or the next, is one call.
    const job = /"jobId":"(medallion_[a-z]+_[0-9a-f]+)/.exec(body)?.[1];
    if (job !== undefined && jobs.has(job)) return [];
    if (job !== undefined) jobs.add(job);
    const [, dataset = "", table = ""] = /\/datasets(?:\/(\w+))?(?:\/tables(?:\/(\w+))?)?/.exec(path) ?? [];
    if (method === "GET" || (method === "PATCH" && table === "run_lock")) return [];
    // The client's shorter way to the same job.
    if (/\/queries\b/.test(path)) return [callText("query job", "", (JSON.parse(body) as { query: string }).query)];
    if (/\/jobs\b/.test(path)) return jobText(method, path, body);
    if (method === "PATCH") return [callText("tables.patch", `${dataset}.${table}`, null)];
    if (method === "DELETE") return [callText("tables.delete", `${dataset}.${table}`, null)];
    const made = JSON.parse(body) as {
      readonly datasetReference?: { readonly datasetId: string };
      readonly tableReference?: { readonly tableId: string };
    };
    if (made.tableReference !== undefined) {
      return [callText("tables.insert", `${dataset}.${made.tableReference.tableId}`, null)];
    }
    return [callText("datasets.insert", made.datasetReference?.datasetId ?? "", null)];
  });
}

function jobText(method: string, path: string, body: string): readonly string[] {
  if (path.startsWith("/upload/")) {
    // The file itself follows with PUT where it is not sent along.
    if (method !== "POST") return [];
    const target = /"destinationTable":\{[^}]*\}/.exec(body)?.[0] ?? "";
    const [dataset, table] = ["datasetId", "tableId"].map((name) => new RegExp(`"${name}":"(\\w+)"`).exec(target)?.[1]);
    return [callText("load job", `${dataset}.${table}`, null)];
  }
  const { configuration } = JSON.parse(body) as {
    readonly configuration: { readonly dryRun?: boolean; readonly query: { readonly query: string } };
  };
  return configuration.dryRun === true ? [] : [callText("query job", "", configuration.query.query)];
}
