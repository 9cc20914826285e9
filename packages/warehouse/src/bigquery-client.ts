import { BigQuery } from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import { bigQueryFault } from "./bigquery-fault";
import type { BigQueryPlace } from "./bigquery-place";
import type { CallPlan } from "./call-plan";

/** A client of one project; all its jobs run where the datasets lie. */
export interface BigQueryClient extends BigQueryPlace {
  readonly api: BigQuery;
  /** Of a dry run: what would change anything is taken down here, and not done. */
  readonly plan?: CallPlan;
}

/**
 * A client with Google's own default credentials; with an endpoint (an emulator's `http://HOST:PORT`), one that sends no
 * credentials of anybody.
 */
export function bigQueryClient(place: BigQueryPlace, endpoint?: string): BigQueryClient {
  const { project: projectId, location } = place;
  // By itself the client looks at the status alone, and BigQuery says with 403, too, that requests come too fast.
  const retryOptions = { retryableErrorFn: (error: unknown) => bigQueryFault(error).transient };
  const retry = { autoRetry: true, maxRetries: 3, retryOptions };
  if (endpoint === undefined) return { ...place, api: new BigQuery({ projectId, location, ...retry }) };
  const apiEndpoint = origin(endpoint);
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "emulator", expiry_date: Number.MAX_SAFE_INTEGER });
  const api = new BigQuery({ projectId, location, apiEndpoint, authClient, ...retry });
  // The library takes BIGQUERY_EMULATOR_HOST for the whole base and would leave out the path of the API.
  api.baseUrl = `${apiEndpoint}/bigquery/v2`;
  return { ...place, api };
}

function origin(endpoint: string): string {
  return new URL(/^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`).origin;
}
