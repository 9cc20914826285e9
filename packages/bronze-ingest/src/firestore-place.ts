/** A Firestore database: `PROJECT[/DATABASE]`. */
export interface FirestorePlace {
  readonly project: string;
  readonly database: string;
}

/** Reads `PROJECT[/DATABASE]`, the database being `(default)` where none is named; null when the text is no place. */
export function firestorePlace(text: string): FirestorePlace | null {
  const found = /^((?:[a-z0-9.-]+:)?[a-z][a-z0-9-]*[a-z0-9])(?:\/(\(default\)|[a-z][a-z0-9-]*[a-z0-9]))?$/.exec(text);
  const [, project, database = "(default)"] = found ?? [];
  return project === undefined ? null : { project, database };
}

/** The resource name of a document of the database. */
export function documentName({ project, database }: FirestorePlace, path: string): string {
  return `projects/${project}/databases/${database}/documents/${path}`;
}
