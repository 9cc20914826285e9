import { type AccessFault, API_SWITCHED_OFF, needsRole } from "@junoplus/contracts";
import type { FirestorePlace } from "./firestore-place";
import { codeOf, credentialsFault, isUnreached, saidBy } from "./google-access-fault";

/** Documents that Firestore does not give: where, what is wrong, what to do. Quotes no value of the data. */
export class FirestoreAccessError extends Error {
  override readonly name = "FirestoreAccessError" as const;
  constructor(
    readonly database: string,
    readonly fault: string,
    readonly cure: string,
    options?: ErrorOptions,
  ) {
    super(`Firestore ${database}: ${fault}. ${cure}`, options);
  }
}

/** An error of the client as what to do about it; `reading` is the collection that was asked for. */
export function firestoreAccessError(
  { project, database }: FirestorePlace,
  reading: string,
  emulatorHost: string | undefined,
  error: unknown,
): FirestoreAccessError {
  const { fault, cure } = wordsOf({ project, database }, reading, emulatorHost, error);
  return new FirestoreAccessError(`${project}/${database}`, fault, cure, { cause: error });
}

function wordsOf(
  { project, database }: FirestorePlace,
  reading: string,
  emulatorHost: string | undefined,
  error: unknown,
): AccessFault {
  const credentials = credentialsFault(error);
  if (credentials !== null) return credentials;
  const code = codeOf(error);
  const said = `${reading}: ${saidBy(error)}`;
  if (API_SWITCHED_OFF.test(said)) {
    const cure = `Enable it: gcloud services enable firestore.googleapis.com --project=${project}`;
    return { fault: said, cure };
  }
  if (code === 7) {
    return { fault: said, cure: needsRole("Cloud Datastore Viewer", "roles/datastore.viewer", "database") };
  }
  if (code === 5 || (code === 3 && /database/i.test(said))) {
    const cure = `Check both names: gcloud firestore databases list --project=${project}`;
    return { fault: `there is no database ${database} in the project ${project}`, cure };
  }
  if (code === 9 && /index/i.test(said)) {
    const cure =
      "Make the index that the message links to, with collection group scope, and try again once it is built.";
    return { fault: said, cure };
  }
  if (code === 8) return { fault: said, cure: "A quota is used up or requests came too fast: try again later." };
  if (isUnreached(error) && emulatorHost !== undefined) {
    const cure = "Start it, or unset FIRESTORE_EMULATOR_HOST to read Google's own.";
    return { fault: `the emulator at ${emulatorHost} was not reached`, cure };
  }
  if (code === 4 || isUnreached(error)) {
    return { fault: "Firestore was not reached, or the connection broke", cure: "Check the network, and try again." };
  }
  return { fault: said, cure: "Nothing was changed." };
}
