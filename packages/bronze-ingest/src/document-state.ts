import type { DocumentStates } from "@junoplus/contracts";
import type { LoggedChange, ValidChange } from "./change";
import type { ResolvedDocument } from "./document-changes";

/** True for what an earlier run left of a document, false for a change. */
export function isDocumentState(input: LoggedChange | DocumentStates): input is DocumentStates {
  return "document_key" in input;
}

/** The newest valid change that an earlier run knew of a document; null when it knew none. */
export function winnerOfState({
  document_key: path,
  changed_at: timestamp,
  operation,
  event_id: eventId,
  data,
}: DocumentStates): ValidChange | null {
  if (timestamp === null || operation === null) return null;
  return { path, timestamp, operation, eventId: eventId ?? "", data };
}

/** All states that an earlier run knew of a document, in order, one an instant. */
export function statesOf(state: DocumentStates): readonly ValidChange[] {
  const winner = winnerOfState(state);
  const earlier = state.earlier_states.map(
    (text) => ({ path: state.document_key, ...(JSON.parse(text) as Omit<ValidChange, "path">) }) as ValidChange,
  );
  return winner === null ? earlier : [...earlier, winner];
}

/** Of whom and of what a state is told. */
export interface StateFacts {
  /** Prefix of the change log. */
  readonly changelog: string;
  readonly key: string;
  /** The user whose rows the document gives; null when it gives none. */
  readonly userId: string | null;
  /** What tells its rows apart, of a log in which documents share rows. */
  readonly rowKeys: readonly string[];
  /** The states before the winner, of a log that gives a history. */
  readonly earlier: readonly ValidChange[];
}

/** What a run leaves of a document to the next one. */
export function documentState(document: ResolvedDocument, facts: StateFacts): DocumentStates {
  const { winner, counts, before, changeIds, rejectedIds } = document;
  return {
    changelog: facts.changelog,
    document_key: facts.key,
    user_id: facts.userId,
    changes_read: counts.read + (before?.changes_read ?? 0),
    change_ids: [...changeIds],
    rejected_ids: [...rejectedIds],
    changed_at: winner?.timestamp ?? null,
    operation: winner?.operation ?? null,
    event_id: winner?.eventId ?? null,
    data: winner === null ? null : dataOf(winner),
    earlier_states: facts.earlier.map((state) => {
      const { timestamp, operation, eventId } = state;
      return JSON.stringify({ timestamp, operation, eventId, data: dataOf(state) });
    }),
    row_keys: [...facts.rowKeys],
  };
}

/** A deletion tells nothing but that it was one: what else came with it is not kept. */
function dataOf({ operation, data }: ValidChange): string | null {
  return operation === "DELETE" ? null : data;
}
