export type { CurrentDocument, DocumentHistory, LoggedChange, Operation, RejectedChange, Rejection } from "./change";
export { type ChangelogFile, ChangelogSourceError, changelogFiles } from "./changelog-files";
export {
  CHANGE_COUNTERS,
  type ChangeCounter,
  type ChangesAndStates,
  changeCounter,
  changes,
  type DocumentLeavings,
  documentHistories,
  latestDocuments,
  type OwnerOf,
  ownerInPath,
} from "./changes";
export { documentOf } from "./document";
export { type PathParams, pathParams } from "./document-path";
export { filePosition, filesSince, PositionError } from "./file-positions";
