import { pointerNames } from "@junoplus/contracts/json-pointer";

/** How many stored documents carry a field, whatever they hold there; null is none. */
export interface CarriedField {
  /** JSON pointer into the document, `*` for an array index. */
  readonly field: string;
  readonly documents: number;
}

/** Counts the documents that carry each of some fields. */
export class CarriedFields {
  private readonly counts: { readonly field: string; readonly names: readonly string[]; documents: number }[];

  constructor(fields: readonly string[]) {
    this.counts = fields.map((field) => ({ field, names: pointerNames(field), documents: 0 }));
  }

  add(document: unknown): void {
    for (const count of this.counts) if (carries(document, count.names)) count.documents += 1;
  }

  result(): readonly CarriedField[] {
    return this.counts.map(({ field, documents }) => ({ field, documents }));
  }
}

function carries(value: unknown, [name, ...below]: readonly string[]): boolean {
  if (name === undefined) return value !== undefined && value !== null;
  if (name === "*") return Array.isArray(value) && value.some((entry) => carries(entry, below));
  return (
    typeof value === "object" &&
    value !== null &&
    Object.hasOwn(value, name) &&
    carries((value as Readonly<Record<string, unknown>>)[name], below)
  );
}
