export type { CurrentDocument, DocumentHistory, LoggedChange, Operation, RejectedChange, Rejection } from "./change";
export { compareChanges } from "./change-order";
export { ChangelogAccessError } from "./changelog-access-error";
export { type ChangelogFile, ChangelogSourceError, changelogFiles } from "./changelog-files";
export { type ChangelogDataset, changelogDataset } from "./changelog-tables";
export {
  CHANGE_COUNTERS,
  type ChangeCounter,
  type ChangesAndStates,
  changeCounter,
  changes,
  type DocumentLeavings,
  documentHistories,
  type Leaving,
  latestDocuments,
  type OwnerOf,
  ownerInPath,
  type RowKeysOf,
} from "./changes";
export { documentOf, readDocument } from "./document";
export { documentPath, type PathParams, pathParams } from "./document-path";
export { filePosition, filesSince, PositionError } from "./file-positions";
export { type FirestorePlace, firestorePlace } from "./firestore-place";
export { importLine } from "./import-change";
export type { LiveDocument } from "./live-document";
export { readChange } from "./read-change";
export { type StoredDocument, storedDocument } from "./stored-document";
export { type TouchedDocument, touchedDocuments } from "./touched-documents";
