import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePackagesAt } from "../contract-files";
import { downstreamOf, type FieldUse, fieldUses, fieldUsesIn } from "../downstream/downstream";
import type { ReadersOf } from "./contracts-review";

/** Who reads a field, found in the sources of the working tree, and of a field that is gone in those of the git ref. */
export function readersIn(directory: string, against: string): ReadersOf {
  const now = once(() => fieldUses(directory));
  const before = once(() => usesAt(directory, against));
  return (contract, field, isGone) => downstreamOf(isGone ? before() : now(), contract, field);
}

function usesAt(directory: string, ref: string): readonly FieldUse[] {
  const folder = mkdtempSync(join(tmpdir(), "medallion-sources-"));
  try {
    writePackagesAt(directory, ref, folder);
    return fieldUsesIn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
