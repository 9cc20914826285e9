import { once } from "node:events";
import { createWriteStream, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { finished, pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import {
  type ChangelogFilesOptions,
  type ChangelogOptions,
  ChangelogOptionsError,
  checkedOptions,
} from "./changelog-options";
import { changelogPlan } from "./changelog-plan";
import { Mess, type MessKind } from "./mess";
import type { Prefix } from "./planned-change";
import { SeededRandom } from "./seeded-random";
import { type GeneratedChange, Simulation } from "./simulation";

export type { ChangelogFilesOptions, ChangelogOptions, GeneratedChange };

/** One file as it lies on the disk. */
export interface WrittenFile {
  readonly prefix: Prefix;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** What was written. */
export interface ChangelogSummary {
  readonly files: readonly WrittenFile[];
  readonly rows: number;
  readonly bytes: number;
  /** Rows in which something is wrong, and how many rows each kind of mess struck. */
  readonly messyRows: number;
  readonly mess: Readonly<Partial<Record<MessKind, number>>>;
}

/**
 * Change logs as a deployed app would deliver them, in order of arrival, exactly as many changes as asked. The same
 * options give the same lines on any machine. Throws ChangelogOptionsError.
 */
export function* generateChanges(options: ChangelogOptions): Generator<GeneratedChange> {
  const { changes, seed, messRate, collections, changesPerDocument } = checkedOptions(options);
  const plan = changelogPlan(changes, collections, changesPerDocument);
  const simulation = new Simulation(plan, collections, new SeededRandom(seed, "users"), new Mess(seed, messRate));
  let made = 0;
  for (const change of simulation.changes()) {
    yield change;
    made++;
    if (made === changes) return;
  }
}

/** Writes the change logs as `<prefix>_raw_changelog*.ndjson[.gz]` of a directory. Throws ChangelogOptionsError. */
export async function writeChangelog(directory: string, options: ChangelogFilesOptions): Promise<ChangelogSummary> {
  const { gzip = false, onProgress } = options;
  const { collections, filesPerCollection } = checkedOptions(options);
  const names = new Map(collections.map((prefix) => [prefix, fileNames(prefix, filesPerCollection, gzip)]));
  mkdirSync(directory, { recursive: true });
  refuseOtherChangelogs(directory, [...names.values()].flat());

  const files = new Map<Prefix, readonly LineFile[]>();
  for (const [prefix, ofPrefix] of names) {
    files.set(
      prefix,
      ofPrefix.map((name) => new LineFile(prefix, join(directory, name), gzip)),
    );
  }
  const rowsOf = new Map<Prefix, number>();
  const mess: Partial<Record<MessKind, number>> = {};
  let rows = 0;
  let messyRows = 0;
  for (const change of generateChanges(options)) {
    const inPrefix = rowsOf.get(change.prefix) ?? 0;
    rowsOf.set(change.prefix, inPrefix + 1);
    const full = files.get(change.prefix)?.[inPrefix % filesPerCollection]?.add(change.line);
    // Waiting only when a buffer is full keeps the loop fast and the memory small.
    if (full !== undefined) await full;
    rows++;
    if (change.mess.length > 0) {
      messyRows++;
      for (const kind of new Set(change.mess)) mess[kind] = (mess[kind] ?? 0) + 1;
    }
    if (rows % 100_000 === 0) onProgress?.(rows);
  }
  const written = await Promise.all([...files.values()].flat().map((file) => file.close()));
  return { files: written, rows, bytes: written.reduce((sum, file) => sum + file.bytes, 0), messyRows, mess };
}

function fileNames(prefix: Prefix, count: number, gzip: boolean): readonly string[] {
  const ending = gzip ? "ndjson.gz" : "ndjson";
  if (count === 1) return [`${prefix}_raw_changelog.${ending}`];
  return Array.from({ length: count }, (_, i) => {
    const number = String(i + 1).padStart(5, "0");
    return `${prefix}_raw_changelog-${number}-of-${String(count).padStart(5, "0")}.${ending}`;
  });
}

/** A job reads every change log of a directory: what another run left there would be read as well. */
function refuseOtherChangelogs(directory: string, names: readonly string[]): void {
  const others = readdirSync(directory).filter(
    (name) => /_raw_changelog.*\.ndjson(\.gz)?$/.test(name) && !names.includes(name),
  );
  if (others.length === 0) return;
  throw new ChangelogOptionsError([
    `${directory} holds other change logs (${others.slice(0, 3).join(", ")}${others.length > 3 ? ", …" : ""}): ` +
      "choose an empty directory",
  ]);
}

const BUFFER_BYTES = 1 << 18;

/** UTF-8 takes at most so many bytes for one unit of a JavaScript string. */
const MOST_BYTES_PER_UNIT = 3;

const LINE_FEED = 0x0a;

/** A file that takes lines. */
class LineFile {
  private readonly sink: NodeJS.WritableStream;
  private readonly done: Promise<void>;
  private buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private filled = 0;
  private rows = 0;

  constructor(
    private readonly prefix: Prefix,
    private readonly path: string,
    gzip: boolean,
  ) {
    const file = createWriteStream(path);
    const compressed = gzip ? createGzip({ level: constants.Z_BEST_SPEED }) : null;
    this.sink = compressed ?? file;
    this.done = compressed === null ? finished(file) : pipeline(compressed, file);
    // The failure is told to whoever waits for the file; until then it must not end the process.
    this.done.catch(() => undefined);
  }

  /** Takes a line; gives a promise when the caller must wait before the next. */
  add(line: string): Promise<unknown> | undefined {
    const most = (line.length + 1) * MOST_BYTES_PER_UNIT;
    const full = this.filled > 0 && this.filled + most > this.buffer.length ? this.flush() : undefined;
    if (most > this.buffer.length) this.buffer = Buffer.allocUnsafe(most);
    this.filled += this.buffer.write(line, this.filled);
    this.buffer[this.filled++] = LINE_FEED;
    this.rows++;
    return full;
  }

  async close(): Promise<WrittenFile> {
    await this.flush();
    this.sink.end();
    await this.done;
    return { prefix: this.prefix, path: this.path, rows: this.rows, bytes: statSync(this.path).size };
  }

  private flush(): Promise<unknown> | undefined {
    const chunk = this.buffer.subarray(0, this.filled);
    // The sink keeps the chunk until it is written.
    this.buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    this.filled = 0;
    return this.sink.write(chunk) ? undefined : Promise.race([once(this.sink, "drain"), this.done]);
  }
}
