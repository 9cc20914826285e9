import type { DocumentVersion, DocumentVersions, Fault, Upcasters } from "./contract";

/** How the documents of a change log say which version they were written under, and how older ones are read. */
export interface VersionFacts {
  /** Top-level field of the raw document: the text of a version, or the integer of a major for the newest of that major. */
  readonly field: string;
  /** Major of the documents that claim none; absent: they are read by the newest version. */
  readonly unclaimed?: number;
  readonly older: readonly DocumentVersion[];
  readonly upcasters: Upcasters;
}

/** The major of a version, `2` of `2.0.1`. */
export function majorOf(version: string): number {
  return Number(version.split(".")[0]);
}

/** The majors of older versions from which no upcaster leads on to the newest one. */
export function majorsWithoutUpcaster(
  older: readonly string[],
  newest: string,
  upcasters: Upcasters,
): readonly number[] {
  return olderMajors(older, newest).filter((major) => upcasters[major] === undefined);
}

/** How a change log's documents are read by all of its versions. */
export function documentVersions(
  table: string,
  newest: DocumentVersion,
  { field, unclaimed, older, upcasters }: VersionFacts,
): DocumentVersions {
  const versions = [...older, newest];
  const claims = new Map<unknown, { readonly version: DocumentVersion }>();
  // Versions come in their order, so that the last one of a major is what its number means.
  for (const version of versions) claims.set(version.version, { version }).set(majorOf(version.version), { version });
  const withoutClaim = claims.get(unclaimed ?? newest.version);
  if (withoutClaim === undefined)
    throw new Error(`${table}: documents without ${field} are of major ${unclaimed}, which is none of it`);
  const names = versions.map(({ version }) => version).join(", ");
  const fault: Fault = {
    pointer: `/${field}`,
    message: `names no version of the contract (${names}, or the number of a major)`,
    rule: "version",
    reason: "breaks_contract",
  };
  const majors = olderMajors(
    older.map(({ version }) => version),
    newest.version,
  );
  return {
    claimed: (raw) => {
      const claim = Object.hasOwn(raw, field) ? (raw as Record<string, unknown>)[field] : null;
      return claim === null ? withoutClaim : (claims.get(claim) ?? { fault });
    },
    upcast: (document, version) =>
      majors
        .filter((major) => major >= majorOf(version))
        .reduce<unknown>((upcast, major) => step(table, upcasters, major)(upcast as never), document),
  };
}

/** Majors below that of the newest version, in order: one upcaster each, to the next major that there is. */
export function olderMajors(older: readonly string[], newest: string): readonly number[] {
  return [...new Set(older.map(majorOf))].filter((major) => major < majorOf(newest)).sort((a, b) => a - b);
}

function step(table: string, upcasters: Upcasters, major: number): Upcasters[number] {
  const upcaster = upcasters[major];
  if (upcaster === undefined) throw new Error(`${table} has no upcaster from major ${major}`);
  return upcaster;
}
