/**
 * What every rule says, as pairs of schemas to read and to argue with. `there` is the change from the first to the second,
 * `back` the reverse: kinds | backward | forward | bump. Where the published rules of a schema registry decide otherwise,
 * a comment says why.
 */
export interface SchemaPair {
  readonly rule: string;
  readonly words: string;
  readonly before: object;
  readonly after: object;
  readonly expected: string;
}

interface TwoWays {
  readonly words: string;
  readonly first: object;
  readonly second: object;
  readonly there: string;
  readonly back: string;
}

/** Every pair in both directions. */
export function schemaPairs(): readonly SchemaPair[] {
  return Object.entries(PAIRS).flatMap(([rule, pairs]) =>
    pairs.flatMap(({ words, first, second, there, back }) => [
      { rule, words, before: first, after: second, expected: there },
      { rule, words: `${words}, reversed`, before: second, after: first, expected: back },
    ]),
  );
}

function two(words: string, first: object, second: object, there: string, back: string): TwoWays {
  return { words, first, second, there, back };
}

/** A document with one field, open: fields that it does not name are allowed. */
function open(field: unknown, rest: object = {}): object {
  return { type: "object", properties: { id: { type: "string" }, field }, ...rest };
}

/** The same, closed. */
function closed(field: unknown, rest: object = {}): object {
  return { ...open(field, rest), additionalProperties: false };
}

const NO_FIELD = { type: "object", properties: { id: { type: "string" } } };
const NO_FIELD_CLOSED = { ...NO_FIELD, additionalProperties: false };
const TEXT = { type: "string" };

/** A table with the given columns beside its key; a row has every column. */
function table(columns: Readonly<Record<string, object>>, warehouse: object = {}): object {
  const properties = { id: { type: "string", classification: "internal" }, ...columns };
  return {
    $id: "urn:junoplus:contract:gold:things:1.0.0",
    title: "gold_things",
    type: "object",
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
    warehouse: { dataset: "gold", kind: "table", write: "replace", key: ["id"], ...warehouse },
  };
}

/** A change log with the given block. */
function log(changelog: object): object {
  return { ...NO_FIELD, changelog: { prefix: "things", path: "things/{id}", missing: {}, ...changelog } };
}

const INTERNAL = { type: "string", classification: "internal" };
const MAYBE = { type: ["string", "null"], classification: "internal" };
const BY_DAY = { partition: { column: "day", granularity: "DAY" } };
const SAME = "same | holds | holds | none";

const PAIRS: Readonly<Record<string, readonly TwoWays[]>> = {
  identity: [
    two("only the version in $id", { $id: "urn:a:1.0.0" }, { $id: "urn:a:2.0.0" }, SAME, SAME),
    two(
      "another contract",
      { $id: "urn:a:1.0.0" },
      { $id: "urn:b:1.0.0" },
      "contract_moved | breaks | breaks | major",
      "contract_moved | breaks | breaks | major",
    ),
    two(
      "another table",
      { title: "a" },
      { title: "b" },
      "table_renamed | breaks | breaks | major",
      "table_renamed | breaks | breaks | major",
    ),
    two(
      "another dialect",
      { $schema: "a" },
      { $schema: "b" },
      "dialect_changed | breaks | breaks | major",
      "dialect_changed | breaks | breaks | major",
    ),
  ],
  properties: [
    // A registry's strict rule calls the first a break; here it is told apart, because a change log's contract is open by
    // nature and a document that carried the field unnamed is rare, but must be looked for.
    two(
      "an optional field in an open document",
      NO_FIELD,
      open(TEXT),
      "property_added_to_open | assumes | holds | minor",
      "property_removed_from_open | holds | assumes | major",
    ),
    two(
      "a field that may be anything in an open document",
      NO_FIELD,
      open({}),
      "property_added_to_open | holds | holds | minor",
      "property_removed_from_open | holds | holds | major",
    ),
    two(
      "an optional field in a closed document",
      NO_FIELD_CLOSED,
      closed(TEXT),
      "property_added_to_closed | holds | breaks | minor",
      "property_removed_from_closed | breaks | holds | major",
    ),
    two(
      "a field that unnamed fields cover",
      { ...NO_FIELD, additionalProperties: TEXT },
      { ...open(TEXT), additionalProperties: TEXT },
      "property_added_to_partially_open | holds | holds | minor",
      "property_removed_from_partially_open | holds | holds | major",
    ),
    two(
      "a field that unnamed fields do not cover",
      { ...NO_FIELD, additionalProperties: TEXT },
      { ...open({ type: "integer" }), additionalProperties: TEXT },
      "property_added_to_partially_open | assumes | breaks | minor",
      "property_removed_from_partially_open | breaks | assumes | major",
    ),
    two(
      "a field wider than what unnamed fields hold",
      { ...NO_FIELD, additionalProperties: { type: "integer" } },
      { ...open({ type: "number" }), additionalProperties: { type: "integer" } },
      "property_added_to_partially_open | holds | breaks | minor",
      "property_removed_from_partially_open | breaks | holds | major",
    ),
    two(
      "a required field in an open document",
      NO_FIELD,
      open(TEXT, { required: ["field"] }),
      "required_property_added | breaks | holds | major",
      "property_removed_from_open | holds | breaks | major",
    ),
    two(
      "a required field in a closed document",
      NO_FIELD_CLOSED,
      closed(TEXT, { required: ["field"] }),
      "required_property_added | breaks | breaks | major",
      "property_removed_from_closed | breaks | breaks | major",
    ),
    // A registry lets a default save the first; here nothing fills defaults in, so the document stays without the field.
    two(
      "a required field with a default in a closed document",
      NO_FIELD_CLOSED,
      closed({ ...TEXT, default: "" }, { required: ["field"] }),
      "required_property_added_with_default | breaks | breaks | major",
      "property_removed_from_closed | breaks | breaks | major",
    ),
    two(
      "a required field with a default in an open document",
      NO_FIELD,
      open({ ...TEXT, default: "" }, { required: ["field"] }),
      "required_property_added_with_default | breaks | holds | major",
      "property_removed_from_open | holds | breaks | major",
    ),
    two(
      "a rename in an open document",
      open(TEXT),
      { ...NO_FIELD, properties: { id: TEXT, other: TEXT } },
      "property_removed_from_open + property_added_to_open | assumes | assumes | major",
      "property_removed_from_open + property_added_to_open | assumes | assumes | major",
    ),
    two(
      "a rename in a closed document",
      closed(TEXT),
      { ...NO_FIELD_CLOSED, properties: { id: TEXT, other: TEXT } },
      "property_removed_from_closed + property_added_to_closed | breaks | breaks | major",
      "property_removed_from_closed + property_added_to_closed | breaks | breaks | major",
    ),
    two(
      "a field below a map",
      open({ type: "object", properties: {} }),
      open({ type: "object", properties: { below: TEXT } }),
      "property_added_to_open | assumes | holds | minor",
      "property_removed_from_open | holds | assumes | major",
    ),
    two(
      "a field below the entries of an array",
      open({ type: "array", items: { type: "object", properties: {} } }),
      open({ type: "array", items: { type: "object", properties: { below: TEXT } } }),
      "property_added_to_open | assumes | holds | minor",
      "property_removed_from_open | holds | assumes | major",
    ),
    two(
      "fields in another order",
      { properties: { a: TEXT, b: TEXT } },
      { properties: { b: TEXT, a: TEXT } },
      SAME,
      SAME,
    ),
    // The store fills existing rows, so that a required column is no break where it may be NULL or empty.
    two(
      "a nullable column",
      table({}),
      table({ column: MAYBE }),
      "column_added | holds | breaks | minor",
      "property_removed_from_closed | breaks | breaks | major",
    ),
    two(
      "an array column",
      table({}),
      table({ column: { type: "array", items: TEXT, classification: "internal" } }),
      "column_added | holds | breaks | minor",
      "property_removed_from_closed | breaks | breaks | major",
    ),
    two(
      "a column that may not be NULL",
      table({}),
      table({ column: INTERNAL }),
      "required_property_added | breaks | breaks | major",
      "property_removed_from_closed | breaks | breaks | major",
    ),
    two(
      "a nullable column whose values do not list null",
      table({}),
      table({ column: { ...MAYBE, enum: ["a"] } }),
      "required_property_added | breaks | breaks | major",
      "property_removed_from_closed | breaks | breaks | major",
    ),
    two(
      "a column's rename",
      table({ column: MAYBE }),
      table({ other: MAYBE }),
      "property_removed_from_closed + column_added | breaks | breaks | major",
      "property_removed_from_closed + column_added | breaks | breaks | major",
    ),
  ],
  required: [
    two(
      "a field becomes mandatory",
      open(TEXT),
      open(TEXT, { required: ["field"] }),
      "required_added | breaks | holds | major",
      "required_removed | holds | breaks | minor",
    ),
    two(
      "a field with a default becomes mandatory",
      open({ default: "" }),
      open({ default: "" }, { required: ["field"] }),
      "required_added_with_default | breaks | holds | major",
      "required_removed | holds | breaks | minor",
    ),
    two(
      "an unnamed field becomes mandatory",
      NO_FIELD,
      { ...NO_FIELD, required: ["other"] },
      "required_added | breaks | holds | major",
      "required_removed | holds | breaks | minor",
    ),
    two(
      "one for another",
      open(TEXT, { required: ["id"] }),
      open(TEXT, { required: ["field"] }),
      "required_added + required_removed | breaks | breaks | major",
      "required_added + required_removed | breaks | breaks | major",
    ),
    two(
      "in another order",
      open(TEXT, { required: ["id", "field"] }),
      open(TEXT, { required: ["field", "id"] }),
      SAME,
      SAME,
    ),
  ],
  additionalProperties: [
    two(
      "a document opens",
      NO_FIELD_CLOSED,
      NO_FIELD,
      "additional_properties_opened | holds | assumes | minor",
      "additional_properties_closed | assumes | holds | major",
    ),
    two("true says what absence says", NO_FIELD, { ...NO_FIELD, additionalProperties: true }, SAME, SAME),
    two(
      "unnamed fields become one type",
      NO_FIELD,
      { ...NO_FIELD, additionalProperties: TEXT },
      "additional_properties_narrowed | assumes | holds | major",
      "additional_properties_widened | holds | assumes | minor",
    ),
    two(
      "unnamed fields widen",
      { additionalProperties: { type: "integer" } },
      { additionalProperties: { type: "number" } },
      "additional_properties_widened | holds | assumes | minor",
      "additional_properties_narrowed | assumes | holds | major",
    ),
    two(
      "unnamed fields become another type",
      { additionalProperties: TEXT },
      { additionalProperties: { type: "boolean" } },
      "additional_properties_changed | assumes | assumes | major",
      "additional_properties_changed | assumes | assumes | major",
    ),
    two(
      "a closed document opens to one type",
      NO_FIELD_CLOSED,
      { ...NO_FIELD, additionalProperties: TEXT },
      "additional_properties_opened | holds | assumes | minor",
      "additional_properties_closed | assumes | holds | major",
    ),
  ],
  type: [
    two(
      "integer becomes number",
      { type: "integer" },
      { type: "number" },
      "integer_to_number | holds | breaks | minor",
      "number_to_integer | breaks | holds | major",
    ),
    two(
      "a nullable integer becomes a nullable number",
      { type: ["integer", "null"] },
      { type: ["null", "number"] },
      "integer_to_number | holds | breaks | minor",
      "number_to_integer | breaks | holds | major",
    ),
    two(
      "integer or text becomes number or text",
      { type: ["integer", "string"] },
      { type: ["number", "string"] },
      "integer_to_number | holds | breaks | minor",
      "number_to_integer | breaks | holds | major",
    ),
    two(
      "null is allowed",
      { type: "string" },
      { type: ["string", "null"] },
      "null_allowed | holds | breaks | minor",
      "null_refused | breaks | holds | major",
    ),
    two(
      "integer becomes a nullable number",
      { type: "integer" },
      { type: ["number", "null"] },
      "integer_to_number + null_allowed | holds | breaks | minor",
      "null_refused + number_to_integer | breaks | holds | major",
    ),
    two(
      "one type becomes several",
      { type: "integer" },
      { type: ["integer", "string"] },
      "type_widened | holds | breaks | major",
      "type_narrowed | breaks | holds | major",
    ),
    two(
      "another type",
      { type: "string" },
      { type: "integer" },
      "type_changed | breaks | breaks | major",
      "type_changed | breaks | breaks | major",
    ),
    two(
      "number becomes text",
      { type: "number" },
      { type: "string" },
      "type_changed | breaks | breaks | major",
      "type_changed | breaks | breaks | major",
    ),
    two(
      "unions that overlap",
      { type: ["string", "boolean"] },
      { type: ["string", "integer"] },
      "type_changed | breaks | breaks | major",
      "type_changed | breaks | breaks | major",
    ),
    two(
      "a map becomes an array",
      { type: "object" },
      { type: "array" },
      "type_changed | breaks | breaks | major",
      "type_changed | breaks | breaks | major",
    ),
    two(
      "any type becomes one",
      {},
      { type: ["string", "null"] },
      "type_narrowed | breaks | holds | major",
      "type_widened | holds | breaks | major",
    ),
    two("a list of one type", { type: "string" }, { type: ["string"] }, SAME, SAME),
    two("number says integer too", { type: "number" }, { type: ["integer", "number"] }, SAME, SAME),
  ],
  enum: [
    two(
      "values grow",
      { enum: ["a"] },
      { enum: ["a", "b"] },
      "enum_grown | holds | breaks | minor",
      "enum_shrunk | breaks | holds | major",
    ),
    two(
      "null becomes a value",
      { enum: ["a"] },
      { enum: ["a", null] },
      "enum_grown | holds | breaks | minor",
      "enum_shrunk | breaks | holds | major",
    ),
    two(
      "values are replaced",
      { enum: ["a", "b"] },
      { enum: ["a", "c"] },
      "enum_changed | breaks | breaks | major",
      "enum_changed | breaks | breaks | major",
    ),
    two(
      "values are listed",
      TEXT,
      { ...TEXT, enum: ["a"] },
      "enum_added | breaks | holds | major",
      "enum_removed | holds | breaks | minor",
    ),
    two("in another order", { enum: ["a", "b"] }, { enum: ["b", "a"] }, SAME, SAME),
  ],
  const: [
    two(
      "only one value",
      TEXT,
      { ...TEXT, const: "a" },
      "const_added | breaks | holds | major",
      "const_removed | holds | breaks | minor",
    ),
    two(
      "another only value",
      { const: "a" },
      { const: "b" },
      "const_changed | breaks | breaks | major",
      "const_changed | breaks | breaks | major",
    ),
  ],
  minimum: [
    two(
      "comes",
      {},
      { minimum: 0 },
      "minimum_added | breaks | holds | major",
      "minimum_removed | holds | breaks | minor",
    ),
    two(
      "rises",
      { minimum: 0 },
      { minimum: 1 },
      "minimum_raised | breaks | holds | major",
      "minimum_lowered | holds | breaks | minor",
    ),
    two(
      "rises below zero",
      { minimum: -10 },
      { minimum: -9 },
      "minimum_raised | breaks | holds | major",
      "minimum_lowered | holds | breaks | minor",
    ),
  ],
  maximum: [
    two(
      "comes",
      {},
      { maximum: 10 },
      "maximum_added | breaks | holds | major",
      "maximum_removed | holds | breaks | minor",
    ),
    two(
      "rises",
      { maximum: 9 },
      { maximum: 10 },
      "maximum_raised | holds | breaks | minor",
      "maximum_lowered | breaks | holds | major",
    ),
    two(
      "a range moves",
      { minimum: 0, maximum: 9 },
      { minimum: 1, maximum: 10 },
      "maximum_raised + minimum_raised | breaks | breaks | major",
      "maximum_lowered + minimum_lowered | breaks | breaks | major",
    ),
  ],
  minLength: [
    two(
      "comes",
      {},
      { minLength: 1 },
      "min_length_added | breaks | holds | major",
      "min_length_removed | holds | breaks | minor",
    ),
    two(
      "rises",
      { minLength: 1 },
      { minLength: 2 },
      "min_length_raised | breaks | holds | major",
      "min_length_lowered | holds | breaks | minor",
    ),
  ],
  maxLength: [
    two(
      "comes",
      {},
      { maxLength: 9 },
      "max_length_added | breaks | holds | major",
      "max_length_removed | holds | breaks | minor",
    ),
    two(
      "rises",
      { maxLength: 9 },
      { maxLength: 10 },
      "max_length_raised | holds | breaks | minor",
      "max_length_lowered | breaks | holds | major",
    ),
  ],
  minItems: [
    two(
      "comes",
      {},
      { minItems: 1 },
      "min_items_added | breaks | holds | major",
      "min_items_removed | holds | breaks | minor",
    ),
    two(
      "rises",
      { minItems: 1 },
      { minItems: 2 },
      "min_items_raised | breaks | holds | major",
      "min_items_lowered | holds | breaks | minor",
    ),
  ],
  maxItems: [
    two(
      "comes",
      {},
      { maxItems: 9 },
      "max_items_added | breaks | holds | major",
      "max_items_removed | holds | breaks | minor",
    ),
    two(
      "rises",
      { maxItems: 9 },
      { maxItems: 10 },
      "max_items_raised | holds | breaks | minor",
      "max_items_lowered | breaks | holds | major",
    ),
  ],
  pattern: [
    two(
      "comes",
      TEXT,
      { ...TEXT, pattern: "^a" },
      "pattern_added | breaks | holds | major",
      "pattern_removed | holds | breaks | minor",
    ),
    two(
      "changes, even to a wider one",
      { pattern: "^ab" },
      { pattern: "^a" },
      "pattern_changed | breaks | breaks | major",
      "pattern_changed | breaks | breaks | major",
    ),
  ],
  format: [
    // A registry does not look at formats. Here they decide how a value is decoded and the column's type.
    two(
      "a day becomes an instant",
      { ...TEXT, format: "date" },
      { ...TEXT, format: "date-time" },
      "format_changed | breaks | breaks | major",
      "format_changed | breaks | breaks | major",
    ),
    two(
      "comes",
      TEXT,
      { ...TEXT, format: "date" },
      "format_added | breaks | breaks | major",
      "format_removed | breaks | breaks | major",
    ),
    two(
      "a Timestamp becomes text",
      open({ ...TEXT, format: "firestore-timestamp" }),
      open({ ...TEXT, format: "iso-instant" }),
      "format_changed | breaks | breaks | major",
      "format_changed | breaks | breaks | major",
    ),
  ],
  items: [
    two(
      "elements get a type",
      { type: "array" },
      { type: "array", items: TEXT },
      "items_added | breaks | holds | major",
      "items_removed | holds | breaks | minor",
    ),
    two(
      "elements widen",
      { items: { type: "integer" } },
      { items: { type: "number" } },
      "integer_to_number | holds | breaks | minor",
      "number_to_integer | breaks | holds | major",
    ),
    two(
      "elements become another type",
      { items: TEXT },
      { items: { type: "boolean" } },
      "type_changed | breaks | breaks | major",
      "type_changed | breaks | breaks | major",
    ),
    two(
      "elements of elements widen",
      { items: { items: { enum: ["a"] } } },
      { items: { items: { enum: ["a", "b"] } } },
      "enum_grown | holds | breaks | minor",
      "enum_shrunk | breaks | holds | major",
    ),
  ],
  uniqueItems: [
    two(
      "elements have to differ",
      { type: "array" },
      { type: "array", uniqueItems: true },
      "unique_items_added | breaks | holds | major",
      "unique_items_removed | holds | breaks | minor",
    ),
    two("false says what absence says", {}, { uniqueItems: false }, SAME, SAME),
  ],
  anyOf: [
    two(
      "comes",
      {},
      { anyOf: [{ required: ["a"] }, { required: ["b"] }] },
      "any_of_added | breaks | holds | major",
      "any_of_removed | holds | breaks | minor",
    ),
    two(
      "one alternative more",
      { anyOf: [{ required: ["a"] }] },
      { anyOf: [{ required: ["a"] }, { required: ["b"] }] },
      "any_of_grown | holds | breaks | minor",
      "any_of_shrunk | breaks | holds | major",
    ),
    two(
      "an alternative is replaced",
      { anyOf: [{ required: ["a"] }] },
      { anyOf: [{ required: ["b"] }] },
      "any_of_changed | breaks | breaks | major",
      "any_of_changed | breaks | breaks | major",
    ),
    two(
      "in another order",
      { anyOf: [{ minimum: 1 }, { maximum: 0 }] },
      { anyOf: [{ maximum: 0 }, { minimum: 1 }] },
      SAME,
      SAME,
    ),
  ],
  oneOf: [
    two(
      "comes",
      {},
      { oneOf: [{ required: ["a"] }] },
      "one_of_added | breaks | holds | major",
      "one_of_removed | holds | breaks | minor",
    ),
    // A registry calls this an extension. It is none: a document for which both hold was valid and is not any more.
    two(
      "one alternative more",
      { oneOf: [{ required: ["a"] }] },
      { oneOf: [{ required: ["a"] }, { required: ["b"] }] },
      "one_of_changed | breaks | breaks | major",
      "one_of_changed | breaks | breaks | major",
    ),
  ],
  allOf: [
    two(
      "comes",
      {},
      { allOf: [{ required: ["a"] }] },
      "all_of_added | breaks | holds | major",
      "all_of_removed | holds | breaks | minor",
    ),
    two(
      "one condition more",
      { allOf: [{ required: ["a"] }] },
      { allOf: [{ required: ["a"] }, { required: ["b"] }] },
      "all_of_grown | breaks | holds | major",
      "all_of_shrunk | holds | breaks | minor",
    ),
    two(
      "a condition is replaced",
      { allOf: [{ required: ["a"] }] },
      { allOf: [{ required: ["b"] }] },
      "all_of_changed | breaks | breaks | major",
      "all_of_changed | breaks | breaks | major",
    ),
  ],
  "if/then/else": [
    two(
      "comes",
      open(TEXT),
      open(TEXT, { if: { required: ["id"] }, else: { required: ["field"] } }),
      "condition_changed | breaks | breaks | major",
      "condition_changed | breaks | breaks | major",
    ),
    two(
      "changes what follows",
      { if: { required: ["a"] }, else: { required: ["b"] } },
      { if: { required: ["a"] }, else: { required: ["c"] } },
      "condition_changed | breaks | breaks | major",
      "condition_changed | breaks | breaks | major",
    ),
  ],
  classification: [
    two(
      "a value is found to be closer to a person",
      open({ classification: "internal" }),
      open({ classification: "health" }),
      "classification_raised | holds | holds | minor",
      "classification_lowered | holds | holds | minor",
    ),
    two(
      "an identifier in an open dataset",
      table({ column: MAYBE }),
      table({ column: { ...MAYBE, classification: "direct_identifier" } }),
      "identifier_exposed | breaks | breaks | major",
      "classification_lowered | holds | holds | minor",
    ),
    two(
      "an identifier in silver",
      table({ column: MAYBE }, { dataset: "silver" }),
      table({ column: { ...MAYBE, classification: "direct_identifier" } }, { dataset: "silver" }),
      "classification_raised | holds | holds | minor",
      "classification_lowered | holds | holds | minor",
    ),
    two(
      "a new column with an identifier in an open dataset",
      table({}),
      table({ column: { ...MAYBE, classification: "direct_identifier" } }),
      "column_added + identifier_exposed | breaks | breaks | major",
      "property_removed_from_closed | breaks | breaks | major",
    ),
  ],
  role: [
    two(
      "a column gets a role",
      table({ column: MAYBE }),
      table({ column: { ...MAYBE, role: "feature" } }),
      "role_added | holds | holds | minor",
      "role_changed | breaks | breaks | major",
    ),
    two(
      "a feature becomes a target",
      table({ column: { ...MAYBE, role: "feature" } }),
      table({ column: { ...MAYBE, role: "target" } }),
      "role_changed | breaks | breaks | major",
      "role_changed | breaks | breaks | major",
    ),
  ],
  asOf: [
    two(
      "a value is of the run",
      table({ column: MAYBE }),
      table({ column: { ...MAYBE, asOf: "current" } }),
      "as_of_changed | breaks | breaks | major",
      "as_of_changed | breaks | breaks | major",
    ),
  ],
  sql: [
    two(
      "a view's expression",
      table({ column: { ...MAYBE, sql: "a" } }),
      table({ column: { ...MAYBE, sql: "b" } }),
      "view_changed | holds | holds | minor",
      "view_changed | holds | holds | minor",
    ),
  ],
  key: [
    two(
      "grows",
      table({ b: INTERNAL }),
      table({ b: INTERNAL }, { key: ["id", "b"] }),
      "key_changed | breaks | breaks | major",
      "key_changed | breaks | breaks | major",
    ),
  ],
  partition: [
    two(
      "comes",
      table({}),
      table({}, { partition: { column: "day", granularity: "DAY" } }),
      "partition_changed | breaks | breaks | major",
      "partition_changed | breaks | breaks | major",
    ),
    two(
      "by month",
      table({}, { partition: { column: "day", granularity: "DAY" } }),
      table({}, { partition: { column: "day", granularity: "MONTH" } }),
      "partition_changed | breaks | breaks | major",
      "partition_changed | breaks | breaks | major",
    ),
  ],
  "partition filter": [
    two(
      "becomes mandatory",
      table({}, BY_DAY),
      table({}, { ...BY_DAY, requirePartitionFilter: true }),
      // The rows are the same: it is the readers' queries that are refused.
      "partition_filter_required | holds | breaks | major",
      "partition_filter_dropped | holds | holds | minor",
    ),
  ],
  "partition expiration": [
    two(
      "comes",
      table({}, BY_DAY),
      table({}, { ...BY_DAY, partitionExpirationDays: 400 }),
      "partition_expiration_shortened | breaks | breaks | major",
      "partition_expiration_lengthened | holds | holds | minor",
    ),
    two(
      "is shorter",
      table({}, { ...BY_DAY, partitionExpirationDays: 400 }),
      table({}, { ...BY_DAY, partitionExpirationDays: 399 }),
      "partition_expiration_shortened | breaks | breaks | major",
      "partition_expiration_lengthened | holds | holds | minor",
    ),
  ],
  cluster: [
    two(
      "comes",
      table({}),
      table({}, { cluster: ["id"] }),
      "cluster_changed | holds | holds | minor",
      "cluster_changed | holds | holds | minor",
    ),
  ],
  write: [
    two(
      "history is kept",
      table({}),
      table({}, { write: "append" }),
      "write_changed | breaks | breaks | major",
      "write_changed | breaks | breaks | major",
    ),
  ],
  dataset: [
    two(
      "moves",
      table({}),
      table({}, { dataset: "semantic" }),
      "dataset_changed | breaks | breaks | major",
      "dataset_changed | breaks | breaks | major",
    ),
  ],
  kind: [
    two(
      "a table becomes a view",
      table({}),
      table({}, { kind: "view" }),
      "table_kind_changed | breaks | breaks | major",
      "table_kind_changed | breaks | breaks | major",
    ),
  ],
  freshness: [
    two(
      "comes",
      table({}),
      table({}, { freshness: { column: "at" } }),
      "freshness_changed | holds | holds | minor",
      "freshness_changed | holds | holds | minor",
    ),
  ],
  view: [
    two(
      "reads another table",
      table({}, { from: "a" }),
      table({}, { from: "b" }),
      "view_changed | holds | holds | minor",
      "view_changed | holds | holds | minor",
    ),
  ],
  prefix: [
    two(
      "another change log",
      log({}),
      log({ prefix: "others" }),
      "prefix_changed | breaks | breaks | major",
      "prefix_changed | breaks | breaks | major",
    ),
  ],
  path: [
    two(
      "another collection",
      log({}),
      log({ path: "others/{id}" }),
      "path_changed | breaks | breaks | major",
      "path_changed | breaks | breaks | major",
    ),
  ],
  entries: [
    two(
      "entries are rejected alone",
      log({}),
      log({ entries: ["days"] }),
      "entries_added | holds | breaks | minor",
      "entries_removed | breaks | holds | major",
    ),
    two(
      "of one array instead of another",
      log({ entries: ["days"] }),
      log({ entries: ["nights"] }),
      "entries_added + entries_removed | breaks | breaks | major",
      "entries_added + entries_removed | breaks | breaks | major",
    ),
  ],
  "version field": [
    two(
      "documents claim their version",
      log({}),
      log({ versionField: "schemaVersion", unversioned: 1 }),
      "version_field_added | assumes | holds | minor",
      "version_field_changed | breaks | breaks | major",
    ),
    two(
      "in another field",
      log({ versionField: "schemaVersion" }),
      log({ versionField: "version" }),
      "version_field_changed | breaks | breaks | major",
      "version_field_changed | breaks | breaks | major",
    ),
    two(
      "documents that claim none are of another major",
      log({ versionField: "schemaVersion", unversioned: 1 }),
      log({ versionField: "schemaVersion", unversioned: 2 }),
      "version_field_changed | breaks | breaks | major",
      "version_field_changed | breaks | breaks | major",
    ),
  ],
  missing: [
    two(
      "another reason",
      log({}),
      log({ missing: { "/id": "missing_key" } }),
      "missing_changed | holds | holds | minor",
      "missing_changed | holds | holds | minor",
    ),
  ],
  words: [
    two(
      "a description",
      open({ description: "a" }),
      open({ description: "b" }),
      "words_changed | holds | holds | patch",
      "words_changed | holds | holds | patch",
    ),
    two(
      "examples",
      { examples: [1] },
      { examples: [2] },
      "words_changed | holds | holds | patch",
      "words_changed | holds | holds | patch",
    ),
  ],
  default: [
    two(
      "comes",
      open({}),
      open({ default: 1 }),
      "default_changed | holds | holds | minor",
      "default_changed | holds | holds | minor",
    ),
  ],
  unknown: [
    two(
      "a keyword that no rule knows comes",
      {},
      { multipleOf: 2 },
      "unknown_change | breaks | breaks | major",
      "unknown_change | breaks | breaks | major",
    ),
    two(
      "it stays, and a neighbour changes",
      { patternProperties: {}, title: "a" },
      { patternProperties: {}, title: "a", default: 1 },
      "default_changed + unknown_change | breaks | breaks | major",
      "default_changed + unknown_change | breaks | breaks | major",
    ),
    two("it stays, and nothing changes", { not: {} }, { not: {} }, SAME, SAME),
    two(
      "a fact that no rule knows",
      table({}),
      table({}, { retention: 30 }),
      "unknown_change | breaks | breaks | major",
      "unknown_change | breaks | breaks | major",
    ),
    two(
      "a change log becomes a table",
      log({}),
      { ...NO_FIELD, warehouse: {} },
      "missing_changed + path_changed + prefix_changed + unknown_change + unknown_change | breaks | breaks | major",
      "missing_changed + path_changed + prefix_changed + unknown_change + unknown_change | breaks | breaks | major",
    ),
    two(
      "nothing was allowed",
      open(false),
      open(TEXT),
      "unknown_change | breaks | breaks | major",
      "unknown_change | breaks | breaks | major",
    ),
  ],
};
