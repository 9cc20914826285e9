import {
  ChangeType,
  FirestoreBigQueryEventHistoryTracker,
} from "@firebaseextensions/firestore-bigquery-change-tracker";
import type { BigQuery } from "@google-cloud/bigquery";
import { bigQueryClient } from "@junoplus/warehouse/bigquery-client";
import type { BigQueryEmulator } from "@junoplus/warehouse/testing/bigquery-emulator";
import { SAMPLE_PREFIXES } from "./sample";

type Tracker = InstanceType<typeof FirestoreBigQueryEventHistoryTracker>;
export type ExtensionEvent = Parameters<Tracker["record"]>[0][number];

/** The extension's own writer, one for each collection. */
export interface ExtensionWriter {
  /** Writes events into the change log of a prefix, one call each. */
  record(prefix: string, ...events: readonly ExtensionEvent[]): Promise<void>;
}

/** Makes a dataset in an emulator with the change logs of all collections, by the extension's own writer. */
export async function startExtensionWriter(emulator: BigQueryEmulator, dataset: string): Promise<ExtensionWriter> {
  const { api } = bigQueryClient({ project: emulator.project, location: "US" }, emulator.endpoint);
  await api.createDataset(dataset, { location: "US" });
  const trackers = new Map<string, Tracker>();
  for (const prefix of SAMPLE_PREFIXES) {
    const tracker = new FirestoreBigQueryEventHistoryTracker({
      datasetId: dataset,
      tableId: prefix,
      datasetLocation: "US",
      wildcardIds: true,
      clustering: null,
      bqProjectId: emulator.project,
      useNewSnapshotQuerySyntax: true,
    } as ConstructorParameters<typeof FirestoreBigQueryEventHistoryTracker>[0]);
    // The writer comes with a client of an older major, and asks it for Google's own address.
    const Client = tracker.bq.constructor as typeof BigQuery;
    const settings = { projectId: emulator.project, apiEndpoint: emulator.endpoint, token: "emulator" };
    const own = new Client(settings);
    own.baseUrl = api.baseUrl;
    tracker.bq = own as unknown as Tracker["bq"];
    trackers.set(prefix, tracker);
    await tracker.initialize();
  }
  return {
    async record(prefix, ...events) {
      for (const event of events) await trackers.get(prefix)?.record([event]);
    },
  };
}

/** What an event says of its document beside its data. */
export interface EventFacts {
  readonly project: string;
  readonly path: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly eventId: string;
}

/** A change as the extension's function hands it to the writer. */
export function extensionEvent(
  operation: ChangeType,
  { project, path, timestamp, eventId }: EventFacts,
  data: object | null,
  oldData?: object,
): ExtensionEvent {
  const [documentId = ""] = path.split("/").slice(-1);
  const user = /^users\/([^/]+)\//.exec(path)?.[1];
  return {
    operation,
    timestamp,
    eventId: operation === ChangeType.IMPORT ? "" : eventId,
    documentName: `projects/${project}/databases/(default)/documents/${path}`,
    documentId,
    pathParams: { documentId, ...(user !== undefined && { userId: user }) },
    // A deleted document has no data, as in the extension.
    data: data as object,
    ...(oldData !== undefined && { oldData }),
  };
}
