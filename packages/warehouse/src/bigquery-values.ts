import type { TableField } from "@google-cloud/bigquery";
import type { ResultPage } from "./bigquery-jobs";
import { contractTypeOf } from "./bigquery-sql";
import { distinctNames, elementText, finiteNumber, safeInteger, timestampText, unreadableType } from "./result-values";
import type { Row, Value } from "./warehouse";

/** The rows of a page, in the forms of `Value`. */
export function pageRows({ fields, rows }: ResultPage): readonly Row[] {
  distinctNames(fields.map(({ name }) => name ?? ""));
  return rows.map(({ f }) => {
    const row: Record<string, Value> = {};
    fields.forEach((field, at) => {
      row[field.name ?? ""] = cellValue(f[at]?.v, field);
    });
    return row;
  });
}

function cellValue(cell: unknown, field: TableField): Value {
  const { name = "" } = field;
  if (cell === null || cell === undefined) return null;
  if (Array.isArray(cell)) {
    const element = { ...field, mode: "NULLABLE" };
    return cell.map((each) => elementText(cellValue(Object(each).v, element), name));
  }
  const text = String(cell);
  switch (contractTypeOf({ type: field.type ?? "" })) {
    case "STRING":
    case "DATE":
      return text;
    case "INT64":
      return safeInteger(text, name);
    case "FLOAT64":
    case "NUMERIC":
    case "BIGNUMERIC":
      return finiteNumber(Number(text), name);
    case "BOOL":
      return text === "true";
    case "TIMESTAMP":
      // Microseconds since 1970: the client asks for them so, since seconds as a double lose the last digits.
      return timestampText(BigInt(text), name);
    default:
      throw unreadableType(name);
  }
}
