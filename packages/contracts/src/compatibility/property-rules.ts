import { type ContentModel, type Difference, type DifferenceKind, type Verdict, verdictOf } from "./difference";
import { difference, type Place, type Rule } from "./rule";
import { listOf, namesOf, pointerBelow, type Schema, same, schemaOf } from "./schema";

/** Fields that come, go or stay. What a field's coming means depends on what was allowed where nothing was named. */
export const propertiesRule: Rule = {
  name: "properties",
  keywords: ["properties"],
  differences: (before, after, place) => {
    const [old, now] = [schemaOf(before["properties"]), schemaOf(after["properties"])];
    const kept = Object.keys(old).filter((name) => Object.hasOwn(now, name));
    return [
      ...kept.flatMap((name) => place.compare(old[name], now[name], fieldPointer(place, name))),
      ...missingFrom(now, old).map((name) => removed(name, before, after, place)),
      ...missingFrom(old, now).map((name) => added(name, before, after, place)),
    ];
  },
};

/** Fields that stay and become mandatory or optional; of those that come and go the rule above tells. */
export const requiredRule: Rule = {
  name: "required",
  keywords: ["required"],
  differences: (before, after, place) => {
    const [old, now] = [namesOf(before["required"]), namesOf(after["required"])];
    const [oldFields, nowFields] = [schemaOf(before["properties"]), schemaOf(after["properties"])];
    const comes = (name: string): boolean => Object.hasOwn(nowFields, name) && !Object.hasOwn(oldFields, name);
    const goes = (name: string): boolean => Object.hasOwn(oldFields, name) && !Object.hasOwn(nowFields, name);
    const pointer = (name: string, list: readonly string[]): string =>
      pointerBelow(place.pointer, "required", String(list.indexOf(name)));
    return [
      ...now
        .filter((name) => !old.includes(name) && !comes(name))
        .map((name) => {
          const hasDefault = schemaOf(nowFields[name])["default"] !== undefined;
          const kind = hasDefault ? "required_added_with_default" : "required_added";
          return difference(
            kind,
            pointer(name, now),
            `${name} is required now${absent(hasDefault)}`,
            "breaks",
            "holds",
          );
        }),
      ...old
        .filter((name) => !now.includes(name) && !goes(name))
        .map((name) => {
          const message = `${name} may be absent now. Whoever reads it has to expect that.`;
          return difference("required_removed", pointer(name, old), message, "holds", "breaks");
        }),
    ];
  },
};

/** Fields that no version names: only documents that carry such fields are touched. */
export const additionalPropertiesRule: Rule = {
  name: "additionalProperties",
  keywords: ["additionalProperties"],
  differences: (before, after, place) => {
    const [old, now] = [contentModel(before), contentModel(after)];
    const pointer = pointerBelow(place.pointer, "additionalProperties");
    if (old === now && old !== "partially_open") return [];
    if (old === "closed") {
      const message = "Fields that are not named are allowed now. Whoever reads all fields has to expect them.";
      return [difference("additional_properties_opened", pointer, message, "holds", "assumes")];
    }
    if (now === "closed") {
      const message =
        "Fields that are not named are refused now, but were valid. Stay open, or raise the major version.";
      return [difference("additional_properties_closed", pointer, message, "assumes", "holds")];
    }
    const differences = place.compare(before["additionalProperties"], after["additionalProperties"], pointer);
    const [backward, forward] = [verdictOf(differences, "backward"), verdictOf(differences, "forward")];
    if (backward === "holds" && forward === "holds") return [];
    const kind =
      backward === "holds"
        ? "additional_properties_widened"
        : forward === "holds"
          ? "additional_properties_narrowed"
          : "additional_properties_changed";
    const message = "What fields may hold that are not named differs. Name the fields that matter.";
    return [difference(kind, pointer, message, softened(backward), softened(forward))];
  },
};

/** What the store puts into existing rows when a column is added; undefined when it has nothing that is valid. */
export function filler(column: Schema): null | readonly never[] | undefined {
  if (["const", "anyOf", "oneOf", "allOf", "if"].some((keyword) => column[keyword] !== undefined)) return undefined;
  const types = listOf(column["type"]);
  const values = column["enum"];
  if (types.includes("null") && (values === undefined || listOf(values).includes(null))) return null;
  const takesNone = column["minItems"] === undefined && values === undefined;
  return types.length === 1 && types[0] === "array" && takesNone ? [] : undefined;
}

function added(name: string, before: Schema, after: Schema, place: Place): Difference {
  const pointer = fieldPointer(place, name);
  const schema = schemaOf(after["properties"])[name];
  const model = contentModel(before);
  const unnamed = place.compare(before["additionalProperties"], schema, pointer);
  // Documents of the older contract that carry the field carry it unnamed.
  const backward = model === "closed" ? "holds" : softened(verdictOf(unnamed, "backward"));
  const forward = model === "closed" ? "breaks" : model === "open" ? "holds" : verdictOf(unnamed, "forward");
  const isRequired = namesOf(after["required"]).includes(name) && !namesOf(before["required"]).includes(name);
  if (!isRequired) {
    return difference(`property_added_to_${model}`, pointer, addedWords(name, backward), backward, forward);
  }
  if (place.isRow && filler(schemaOf(schema)) !== undefined && after["if"] === undefined) {
    const message = `Column ${name} is new: rows that are there have none in it. Readers that name their columns go on.`;
    return difference("column_added", pointer, message, backward, forward);
  }
  const hasDefault = schemaOf(schema)["default"] !== undefined;
  const kind = hasDefault ? "required_property_added_with_default" : "required_property_added";
  return difference(kind, pointer, `${name} is new and required${absent(hasDefault)}`, "breaks", forward);
}

function removed(name: string, before: Schema, after: Schema, place: Place): Difference {
  const pointer = fieldPointer(place, name);
  const schema = schemaOf(before["properties"])[name];
  const model = contentModel(after);
  const unnamed = place.compare(schema, after["additionalProperties"], pointer);
  const backward = model === "closed" ? "breaks" : model === "open" ? "holds" : verdictOf(unnamed, "backward");
  const forward = model === "closed" ? "holds" : softened(verdictOf(unnamed, "forward"));
  const wasRequired = namesOf(before["required"]).includes(name) && !namesOf(after["required"]).includes(name);
  const kind: DifferenceKind = `property_removed_from_${model}`;
  const message = `${name} is gone${renamed(name, before, after)} Keep it until nobody reads it; removing it raises the major version.`;
  return difference(kind, pointer, message, backward, wasRequired ? "breaks" : forward);
}

/** A field that came with the type of one that went may be the same one under another name. */
function renamed(name: string, before: Schema, after: Schema): string {
  const [old, now] = [schemaOf(before["properties"]), schemaOf(after["properties"])];
  const shape = (schema: unknown): unknown => [schemaOf(schema)["type"], schemaOf(schema)["format"]];
  const alike = missingFrom(old, now).filter((other) => same(shape(now[other]), shape(old[name])));
  return alike.length === 0 ? "." : `; ${alike.join(", ")} of the same type is new: renamed? A rename is a removal.`;
}

function addedWords(name: string, backward: Verdict): string {
  return backward === "assumes"
    ? `${name} is new. Documents that carried it unnamed may hold something else: see what is stored before merging.`
    : `${name} is new and may be absent.`;
}

function absent(hasDefault: boolean): string {
  return `, but documents without it were valid${hasDefault ? " and no reader fills in the default" : ""}. Leave it optional, or raise the major version.`;
}

function missingFrom(fields: Schema, others: Schema): readonly string[] {
  return Object.keys(others).filter((name) => !Object.hasOwn(fields, name));
}

function fieldPointer(place: Place, name: string): string {
  return pointerBelow(place.pointer, "properties", name);
}

function contentModel(schema: Schema): ContentModel {
  const additional = schema["additionalProperties"];
  if (additional === false) return "closed";
  return additional === undefined || additional === true || same(additional, {}) ? "open" : "partially_open";
}

/** A break that only documents with unnamed fields meet. */
function softened(verdict: Verdict): Verdict {
  return verdict === "breaks" ? "assumes" : verdict;
}
