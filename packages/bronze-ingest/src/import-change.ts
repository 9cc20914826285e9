import type { ChangelogContract } from "@junoplus/contracts";
import { pathParams } from "./document-path";
import { documentName, type FirestorePlace } from "./firestore-place";
import type { LiveDocument } from "./live-document";

/**
 * A live document as the line of a change log that the extension's import of existing documents would write, but for its
 * timestamp (canonical), which the caller says: the extension stamps 1970, older than every change.
 */
export function importLine(
  { path: template }: Pick<ChangelogContract, "path">,
  place: FirestorePlace,
  { path, data }: Pick<LiveDocument, "path" | "data">,
  timestamp: string,
): string {
  const params = pathParams(template, path);
  const [own] = template.split("/").slice(-1);
  // The extension knows the wildcards of the collection; the document's own id has a column.
  const wildcards = Object.entries(params).filter(([name]) => `{${name}}` !== own);
  return JSON.stringify({
    timestamp,
    event_id: "",
    document_name: documentName(place, path),
    operation: "IMPORT",
    data,
    old_data: null,
    document_id: path.slice(path.lastIndexOf("/") + 1),
    path_params: JSON.stringify(Object.fromEntries(wildcards)),
  });
}
