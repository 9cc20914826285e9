/** Columns of a change log that hold no personal values: shown as they are. */
const PLAIN_COLUMNS: ReadonlySet<string> = new Set([
  "timestamp",
  "event_id",
  "document_name",
  "operation",
  "document_id",
  "path_params",
]);

/** A rejected change's shape: columns of the log as they are, every value of the document replaced by its type. */
export function maskedChange(payload: string): unknown {
  const row = parse(payload);
  if (!isObject(row)) return `<text of ${payload.length} characters, not a JSON object>`;
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, PLAIN_COLUMNS.has(column) ? value : maskedDocument(value)]),
  );
}

function maskedDocument(value: unknown): unknown {
  if (typeof value !== "string") return masked(value);
  const document = parse(value);
  return document === undefined ? `<text of ${value.length} characters, not JSON>` : masked(document);
}

function masked(value: unknown): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(masked);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, masked(field)]));
  if (typeof value === "number") return Number.isInteger(value) ? "<integer>" : "<number>";
  return `<${typeof value}>`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
