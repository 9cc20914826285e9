import { EventLoopTurns } from "@junoplus/beam-runtime/event-loop-turns";
import { type FileRange, linesOf } from "@junoplus/beam-runtime/file-ranges";
import type { ChangelogContract, DocumentStates } from "@junoplus/contracts";
import { parseObject, readEnvelope } from "./change-envelope";
import { ownerInPath, type RowFacts } from "./changes";
import { documentOf } from "./document";
import { documentPath, pathParams } from "./document-path";
import { readChange } from "./read-change";

/**
 * A document of which there are changes; `user_id` is a user whose rows they may give, null where they give none, and
 * `row_keys` tell those apart that it shares with others.
 */
export type TouchedDocument = Pick<DocumentStates, "changelog" | "document_key" | "user_id" | "row_keys">;

/**
 * The documents and users that changes touch, each once, or once for each set of row keys. Documents are read only where the
 * path does not tell all, so that this costs a fraction of reading changes; it is done here and not by a pipeline, whose start
 * costs more on every runner.
 */
export async function* touchedDocuments<Document>(
  contract: ChangelogContract<Document>,
  facts: RowFacts<Document>,
  ranges: readonly FileRange[],
): AsyncGenerator<TouchedDocument> {
  const isToldByPath = facts.ownerOf === undefined && facts.rowKeysOf === undefined;
  const given = new Set<string>();
  const turns = new EventLoopTurns();
  for (const range of ranges) {
    for (const line of linesOf(range)) {
      if (turns.due) await turns.take();
      if (line.trim() === "") continue;
      const touched = isToldByPath ? touchedByPath(contract, line) : touchedByDocument(contract, facts, line);
      const name = [touched.document_key, touched.user_id ?? "", ...touched.row_keys].join("\n");
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
  if (path === null) return { changelog, document_key: readChange(contract, line).key, user_id: null, row_keys: [] };
  return { changelog, document_key: path, user_id: ownerInPath(pathParams(contract.path, path)) || null, row_keys: [] };
}

function touchedByDocument<Document>(
  contract: ChangelogContract<Document>,
  { ownerOf, rowKeysOf }: RowFacts<Document>,
  line: string,
): TouchedDocument {
  const { key, path, operation, data, rejection } = readChange(contract, line);
  const params = path === null ? {} : pathParams(contract.path, path);
  const owner = ownerOf === undefined ? ownerInPath(params) || null : null;
  const touched = { changelog: contract.prefix, document_key: key, user_id: owner, row_keys: [] };
  if (path === null || data === null || operation === "DELETE" || rejection !== null) return touched;
  const document = (): Document => documentOf(contract, data);
  return {
    ...touched,
    ...(ownerOf !== undefined && { user_id: ownerOf(params, document) }),
    ...(rowKeysOf !== undefined && { row_keys: [...rowKeysOf(document)] }),
  };
}
