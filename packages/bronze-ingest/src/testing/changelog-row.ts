/** A row of a change log. */
export interface ChangelogRow {
  timestamp: string;
  event_id: string;
  document_name: string;
  operation: string;
  data: string | null;
  old_data: string | null;
  document_id: string;
  path_params: string | null;
}

/** The row as one line of NDJSON, the columns in the order of the table. */
export function lineOf(row: ChangelogRow): string {
  const { timestamp, event_id, document_name, operation, data, old_data, document_id, path_params } = row;
  return (
    `{"timestamp":"${timestamp}","event_id":"${event_id}","document_name":"${document_name}",` +
    `"operation":"${operation}","data":${quoted(data)},"old_data":${quoted(old_data)},"document_id":"${document_id}",` +
    `"path_params":${quoted(path_params)}}`
  );
}

/** Only the columns of JSON text hold what must be escaped. */
function quoted(text: string | null): string {
  return text === null ? "null" : JSON.stringify(text);
}
