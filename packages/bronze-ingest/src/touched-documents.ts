import { EventLoopTurns } from "@junoplus/beam-runtime/event-loop-turns";
import { type FileRange, linesOf } from "@junoplus/beam-runtime/file-ranges";
import type { ChangelogContract, DocumentStates } from "@junoplus/contracts";
import type { LoggedChange } from "./change";
import { parseObject, readEnvelope } from "./change-envelope";
import { type OwnerOf, ownerInPath } from "./changes";
import { documentOf } from "./document";
import { documentPath, pathParams } from "./document-path";
import { readChange } from "./read-change";

/** A document of which there are changes; `user_id` is a user whose rows they may give, null where they give none. */
export type TouchedDocument = Pick<DocumentStates, "changelog" | "document_key" | "user_id">;

/**
 * The documents and users that changes touch, each once. Documents are read only where the path does not name the user, so that
 * this costs a fraction of reading changes; it is done here and not by a pipeline, whose start costs more on every runner.
 */
export async function* touchedDocuments<Document>(
  contract: ChangelogContract<Document>,
  ownerOf: OwnerOf<Document> | null,
  ranges: readonly FileRange[],
): AsyncGenerator<TouchedDocument> {
  const given = new Set<string>();
  const turns = new EventLoopTurns();
  for (const range of ranges) {
    for (const line of linesOf(range)) {
      if (turns.due) await turns.take();
      if (line.trim() === "") continue;
      const touched = ownerOf === null ? touchedByPath(contract, line) : touchedByOwner(contract, ownerOf, line);
      const name = `${touched.document_key}\n${touched.user_id ?? ""}`;
      if (given.has(name)) continue;
      given.add(name);
      yield touched;
    }
  }
}

function touchedByPath(contract: ChangelogContract, line: string): TouchedDocument {
  const row = parseObject(line);
  const read = row === null ? null : readEnvelope(row);
  const path = read === null || "faults" in read ? null : documentPath(contract.path, read.envelope.name);
  const { prefix: changelog } = contract;
  // What is no change of a document has a key all the same, by which it is known when it comes again.
  if (path === null) return { changelog, document_key: readChange(contract, line).key, user_id: null };
  return { changelog, document_key: path, user_id: ownerInPath(pathParams(contract.path, path)) || null };
}

function touchedByOwner<Document>(
  contract: ChangelogContract<Document>,
  ownerOf: OwnerOf<Document>,
  line: string,
): TouchedDocument {
  const change = readChange(contract, line);
  return { changelog: contract.prefix, document_key: change.key, user_id: ownerOfChange(contract, ownerOf, change) };
}

function ownerOfChange<Document>(
  contract: ChangelogContract<Document>,
  ownerOf: OwnerOf<Document>,
  { path, operation, data, rejection }: LoggedChange,
): string | null {
  if (path === null || data === null || operation === "DELETE" || rejection !== null) return null;
  return ownerOf(pathParams(contract.path, path), () => documentOf(contract, data));
}
