import type { ChangelogRow } from "./changelog-row";
import { isoText, SECOND } from "./instants";
import type { Mess, MessKind } from "./mess";

const TIMESTAMP = /\{"_seconds":(-?\d+),"_nanoseconds":(\d+)\}/g;

/** Lets writer mess strike one row. What it strikes is added to `kinds`. */
export function spoilRow(mess: Mess, row: ChangelogRow, path: string, kinds: MessKind[]): void {
  const { random } = mess;
  if (mess.strikes("short_document_name")) {
    row.document_name = path;
    kinds.push("short_document_name");
  } else if (mess.strikes("unusable_document_name")) {
    row.document_name = unusableName(mess, row.document_name, path);
    kinds.push("unusable_document_name");
  }
  if (mess.strikes("missing_path_params")) {
    row.path_params = null;
    kinds.push("missing_path_params");
  }
  if (row.operation === "DELETE") {
    if (!mess.strikes("literal_null_delete")) return;
    row.data = "null";
    kinds.push("literal_null_delete");
    return;
  }
  if (row.data === null || kinds.includes("literal_null_write")) return;
  if (mess.strikes("timestamps_as_iso_strings")) {
    const text = row.data.replace(TIMESTAMP, (_timestamp, seconds, nanoseconds) =>
      JSON.stringify(isoText(Number(seconds) * SECOND + Math.floor(Number(nanoseconds) / 1000))),
    );
    if (text !== row.data) kinds.push("timestamps_as_iso_strings");
    row.data = text;
  }
  if (row.operation === "IMPORT") return;
  if (mess.strikes("malformed_json")) {
    row.data = random.chance(0.35)
      ? random.pick(["[object Object]", "[object Object]", "[object Object]", ""])
      : cut(row.data, random.integer(1, row.data.length - 1));
    kinds.push("malformed_json");
  } else if (mess.strikes("unknown_operation")) {
    row.operation = random.pick(["WRITE", "UPSERT", "update", ""]);
    kinds.push("unknown_operation");
  }
}

/** The text cut short, but not within a surrogate pair: half a character is no text. */
function cut(text: string, length: number): string {
  const code = text.charCodeAt(length - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? length - 1 : length);
}

/** A name that is no document of the collection. */
function unusableName(mess: Mess, name: string, path: string): string {
  const [collection = ""] = path.split("/", 1);
  return mess.random.pick([
    "",
    name.slice(0, name.lastIndexOf("/")),
    `${name}/archived/1`,
    name.replace(`/${collection}/`, `/archived_${collection}/`),
  ]);
}
