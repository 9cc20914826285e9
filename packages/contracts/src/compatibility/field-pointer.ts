import { pointerNames } from "../json-pointer";
import { pointerBelow, type Schema, schemaOf } from "./schema";

/**
 * The field of the document or row that a place in its schema is about: `/properties/a/items/properties/b/maximum` is
 * `/a/*\/b`, the element of `required` that names it is the field too, and a place that is about no field (a block, the
 * title) is "", the whole. The schema is the one that the pointer points into.
 */
export function fieldPointer(pointer: string, schema: object): string {
  const names = pointerNames(pointer);
  let [node, field]: [Schema, string] = [schema as Schema, ""];
  for (let at = 0; at < names.length; at += 1) {
    const [keyword = "", next] = [names[at], names[at + 1]];
    if (keyword === "properties" && next !== undefined) {
      field = pointerBelow(field, next);
      node = schemaOf(schemaOf(node["properties"])[next]);
      at += 1;
    } else if (keyword === "items") {
      field = pointerBelow(field, "*");
      node = schemaOf(node["items"]);
    } else if (keyword === "required" && next !== undefined) {
      const required = node["required"];
      return Array.isArray(required) ? pointerBelow(field, String(required[Number(next)])) : field;
    } else {
      return field;
    }
  }
  return field;
}
