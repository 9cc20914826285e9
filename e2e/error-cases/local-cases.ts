import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CliResult, medallion } from "../testing/cli";
import { SAMPLE } from "../testing/sample";
import type { ErrorCase, FaultOutcome, FaultPlace } from "./fault-place";

/** Faults of this machine: arguments, credentials, folders. Each has its real cause, in a process of its own. */
export function localCases(place: FaultPlace): Readonly<Record<string, ErrorCase>> {
  const fromBigQuery = ["--source", `bigquery:${place.project}.logs`, "--warehouse", "duckdb::memory:"];
  const intoBigQuery = ["--source", SAMPLE, "--warehouse", `bigquery:${place.project}`];
  const withKey = async (key: string, args: readonly string[] = fromBigQuery): Promise<FaultOutcome> =>
    told(await medallion(["run", ...args], { env: { ...GOOGLE, GOOGLE_APPLICATION_CREDENTIALS: key } }));
  /** Neither a key, nor a signed-in user, nor the metadata server of a machine of Google's. */
  const withoutKey = async (args: readonly string[]): Promise<FaultOutcome> =>
    told(
      await medallion(["run", ...args], {
        env: { ...GOOGLE, METADATA_SERVER_DETECTION: "none", CLOUDSDK_CONFIG: place.directory, HOME: place.directory },
      }),
    );
  return {
    "emulator with one address": () =>
      medallion(["run", ...fromBigQuery], { env: { BIGQUERY_EMULATOR_HOST: place.emulator.endpoint } }).then(told),
    "project name is none": () => place.run(["--source", SAMPLE, "--warehouse", "bigquery:My_Project"]),
    "location is none": () => place.run(["--source", SAMPLE, "--warehouse", "bigquery:p1/E U"]),
    "key file is not there": () => withKey("/nowhere/key.json"),
    "key file is no key": () => withKey(place.file("key.json", "{}")),
    "nobody has signed in, to read": () => withoutKey(fromBigQuery),
    "nobody has signed in, to write": () => withoutKey(intoBigQuery),
    "sign-in has been revoked": async () => {
      const tokens = createServer((request, response) => {
        request.resume();
        response.writeHead(400, { "content-type": "application/json" });
        response.end(
          JSON.stringify({ error: "invalid_grant", error_description: "Token has been expired or revoked." }),
        );
      }).listen(0, "127.0.0.1");
      await once(tokens, "listening");
      const { port } = tokens.address() as AddressInfo;
      const key = {
        type: "external_account",
        audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p",
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: `http://127.0.0.1:${port}/v1/token`,
        credential_source: { file: place.file("token", "token") },
      };
      try {
        return await withKey(place.file("key.json", JSON.stringify(key)));
      } finally {
        tokens.closeAllConnections();
        tokens.close();
      }
    },
    "no room for what is fetched": () =>
      medallion(["run", ...fromBigQuery], { env: endpoints(place), fileLimitKib: 600 }).then(told),
    "no folder for the rows of a run": () =>
      medallion(["run", "--tables", "silver_medications", ...intoBigQuery, "--prefix", place.newName()], {
        env: { ...endpoints(place), TMPDIR: place.file("file", "") },
      }).then(told),
  };
}

const GOOGLE = { BIGQUERY_EMULATOR_HOST: "", BIGQUERY_STORAGE_EMULATOR_HOST: "", GOOGLE_APPLICATION_CREDENTIALS: "" };

function endpoints({ emulator }: FaultPlace): Readonly<Record<string, string>> {
  return { BIGQUERY_EMULATOR_HOST: emulator.endpoint, BIGQUERY_STORAGE_EMULATOR_HOST: emulator.grpcEndpoint };
}

function told({ code, stderr }: CliResult): FaultOutcome {
  return { code, told: stderr };
}
