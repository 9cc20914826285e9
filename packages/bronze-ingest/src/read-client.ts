import { BigQueryReadClient } from "@google-cloud/bigquery-storage";
import * as gax from "google-gax";

/**
 * A client of the BigQuery Storage Read API with Google's own default credentials; with an endpoint (an emulator's `HOST:PORT`),
 * one without encryption that sends no credentials of anybody.
 */
export function bigQueryReadClient(projectId: string, endpoint?: string): BigQueryReadClient {
  if (endpoint === undefined) return new BigQueryReadClient({ projectId });
  const { hostname, port } = new URL(`http://${endpoint.replace(/^https?:\/\//, "")}`);
  const sslCreds = gax.grpc.credentials.createInsecure();
  // Nobody's: otherwise the client asks this machine's metadata server who it is, and warns when there is none.
  const authClient = new gax.googleAuthLibrary.PassThroughClient();
  // The same copy of gRPC must make the credentials and the channel.
  return new BigQueryReadClient({ projectId, apiEndpoint: hostname, port: Number(port), sslCreds, authClient }, gax);
}
