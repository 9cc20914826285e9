import { once } from "node:events";
import { connect } from "node:net";
import { type DocumentSnapshot, FieldPath, Firestore, type Query, type Timestamp } from "@google-cloud/firestore";
import { timestampFromFirestore } from "@junoplus/contracts";
import { changelogData } from "./changelog-data";
import { documentPath } from "./document-path";
import { firestoreAccessError } from "./firestore-access-error";
import type { FirestorePlace } from "./firestore-place";
import type { LiveDocument } from "./live-document";

/** Documents held at once: a document has at most 1 MiB. */
const PAGE_SIZE = 250;

/** Some documents of a collection. */
export interface DocumentPage {
  readonly documents: readonly LiveDocument[];
  /** Documents of other parents, which a collection group holds as well. */
  readonly skipped: number;
}

/** Live documents of one database. Every method throws FirestoreAccessError. */
export interface FirestoreReader {
  /** All documents whose path fits the template, in pages by name. */
  pages(template: string): AsyncGenerator<DocumentPage>;
  /** The documents of the paths that are there. */
  documents(template: string, paths: readonly string[]): Promise<readonly LiveDocument[]>;
  close(): Promise<void>;
}

/** How a database is read. */
export interface FirestoreReading {
  /** An emulator's `HOST:PORT`; Google's own, with the machine's default credentials, where it is left out. */
  readonly emulatorHost?: string | undefined;
  readonly pageSize?: number;
}

/** Opens a database; of Google's own nothing is asked yet. Throws FirestoreAccessError where an emulator does not answer. */
export async function openFirestoreReader(
  place: FirestorePlace,
  { emulatorHost, pageSize = PAGE_SIZE }: FirestoreReading = {},
): Promise<FirestoreReader> {
  const { project: projectId, database: databaseId } = place;
  // Nobody's credentials are looked for, and none are sent: the client would ask this machine's metadata server for them.
  const nobody = { client_email: "emulator", private_key: "none" };
  const emulator = emulatorHost === undefined ? {} : { host: emulatorHost, ssl: false, credentials: nobody };
  // The client would try for the better part of a minute before it says so.
  if (emulatorHost !== undefined) await answers(place, emulatorHost);
  const firestore = new Firestore({ projectId, databaseId, ...emulator });
  let isBroken = false;
  const reached = async <T>(what: string, request: Promise<T>): Promise<T> => {
    try {
      return await request;
    } catch (error) {
      isBroken = true;
      throw firestoreAccessError(place, what, emulatorHost, error);
    }
  };
  return {
    async *pages(template) {
      const collection = collectionOf(firestore, template).orderBy(FieldPath.documentId()).limit(pageSize);
      for (let next = collection; ; ) {
        const { docs } = await reached(template, next.get());
        const documents = docs.flatMap((found) => liveDocument(template, found) ?? []);
        if (docs.length > 0) yield { documents, skipped: docs.length - documents.length };
        const last = docs.at(-1);
        if (last === undefined || docs.length < pageSize) return;
        next = collection.startAfter(last);
      }
    },
    async documents(template, paths) {
      if (paths.length === 0) return [];
      const found = await reached(template, firestore.getAll(...paths.map((path) => firestore.doc(path))));
      return found.flatMap((document) => liveDocument(template, document) ?? []);
    },
    async close() {
      try {
        await firestore.terminate();
      } catch (error) {
        // A client that found no credentials cannot be closed for the same reason, which has been told.
        if (!isBroken) throw error;
      }
    },
  };
}

async function answers(place: FirestorePlace, emulatorHost: string): Promise<void> {
  const { hostname: host, port } = new URL(`http://${emulatorHost}`);
  const socket = connect({ host, port: Number(port) });
  try {
    await once(socket, "connect");
  } catch (error) {
    throw firestoreAccessError(place, emulatorHost, emulatorHost, error);
  } finally {
    socket.destroy();
  }
}

/** A collection below documents is read as a group: Firestore cannot be asked for all users' documents of one name otherwise. */
function collectionOf(firestore: Firestore, template: string): Query {
  const segments = template.split("/");
  const collection = segments.at(-2) ?? "";
  return segments.length > 2 ? firestore.collectionGroup(collection) : firestore.collection(collection);
}

/** Null where there is no document, or one of another collection. */
function liveDocument(template: string, document: DocumentSnapshot): LiveDocument | null {
  const path = documentPath(template, document.ref.path);
  const fields = document.data();
  if (path === null || fields === undefined || document.updateTime === undefined) return null;
  return {
    path,
    updatedAt: canonical(document.updateTime),
    readAt: canonical(document.readTime),
    data: changelogData(fields),
  };
}

function canonical({ seconds, nanoseconds }: Timestamp): string {
  const timestamp = timestampFromFirestore(seconds, nanoseconds);
  if (timestamp === null) throw new RangeError("Firestore gave an instant beyond the years 1 to 9999");
  return timestamp;
}
