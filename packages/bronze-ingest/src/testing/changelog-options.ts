import { SAMPLE_MESS_RATE } from "./mess";
import { PREFIXES, type Prefix } from "./planned-change";

/** What change log to make. */
export interface ChangelogOptions {
  /** How many changes, exactly. */
  readonly changes: number;
  readonly seed: number;
  /** Share of messy rows, from 0 (a clean log) to 0.5; that of the sample by default. */
  readonly messRate?: number;
  /** Prefixes of the change logs to make; all by default. */
  readonly collections?: readonly string[];
  /** Changes per document on average, 1.1 to 20; 4 by default. */
  readonly changesPerDocument?: number;
}

/** How a change log is laid out in files. */
export interface ChangelogFilesOptions extends ChangelogOptions {
  /** 1 by default; the lines of a collection go to its files in turn. */
  readonly filesPerCollection?: number;
  /** The bytes of a compressed file depend on the machine's zlib, its lines do not. */
  readonly gzip?: boolean;
  /** Called now and then with the number of changes written so far. */
  readonly onProgress?: (changes: number) => void;
}

/** The options cannot be met; names every fault. */
export class ChangelogOptionsError extends Error {
  override readonly name = "ChangelogOptionsError" as const;

  constructor(readonly faults: readonly string[]) {
    super(`This change log cannot be made:\n  ${faults.join("\n  ")}`);
  }
}

/** Options that can be met, with the defaults. */
export interface CheckedOptions extends Required<ChangelogOptions> {
  readonly filesPerCollection: number;
  readonly collections: readonly Prefix[];
}

/** The options with their defaults; throws ChangelogOptionsError. */
export function checkedOptions(options: ChangelogFilesOptions): CheckedOptions {
  const { changes, seed, messRate = SAMPLE_MESS_RATE, collections = PREFIXES } = options;
  const { changesPerDocument = 4, filesPerCollection = 1 } = options;
  const faults: string[] = [];
  if (!Number.isSafeInteger(changes) || changes < 1) faults.push("changes must be a whole number from 1");
  if (!Number.isSafeInteger(seed) || seed < 0) faults.push("seed must be a whole number from 0");
  if (!(messRate >= 0 && messRate <= 0.5)) faults.push("mess rate must be a number from 0 to 0.5");
  if (!(changesPerDocument >= 1.1 && changesPerDocument <= 20)) {
    faults.push("changes per document must be a number from 1.1 to 20");
  }
  if (!Number.isSafeInteger(filesPerCollection) || filesPerCollection < 1 || filesPerCollection > 1000) {
    faults.push("files per collection must be a whole number from 1 to 1000");
  }
  if (collections.length === 0) faults.push(`collections must name some of ${PREFIXES.join(", ")}`);
  for (const name of collections) {
    if (!isPrefix(name)) faults.push(`collection "${name}" is none of ${PREFIXES.join(", ")}`);
  }
  if (faults.length > 0) throw new ChangelogOptionsError(faults);
  return { changes, seed, messRate, collections: collections.filter(isPrefix), changesPerDocument, filesPerCollection };
}

function isPrefix(name: string): name is Prefix {
  return (PREFIXES as readonly string[]).includes(name);
}
