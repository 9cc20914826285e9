import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { requireForSerialization } from "apache-beam/serialization";
import {
  type Counter,
  counter,
  type DoFn,
  type PCollection,
  type PTransform,
  parDo,
  type WindowedValue,
  withName,
} from "./sdk";

/** The counter of lines that `writeShards` wrote to a folder. */
export function writtenCounter(name: string): string {
  return `written/${name}`;
}

const FLUSH_CHARACTERS = 1024 * 1024;

/**
 * Writes text lines to shard files `<directory>/<name>/<shard>.ndjson`, one file a bundle; nothing when there is no line. A
 * shard appears under its name when it is whole. Lines are counted as `written/<name>`.
 */
export function writeShards(directory: string, name: string): PTransform<PCollection<string>, PCollection<never>> {
  return withName(`writeShards(${name})`, (lines: PCollection<string>) =>
    lines.apply(
      withName(
        "write",
        parDo<string, never, ShardContext>(new ShardWriter(join(directory, name)), {
          written: counter(writtenCounter(name)),
        }),
      ),
    ),
  );
}

interface ShardContext {
  readonly written: Counter;
}

/** Worker of `writeShards`: I/O in a DoFn is synchronous, so it is batched. */
export class ShardWriter implements DoFn<string, never, ShardContext> {
  beamName = "ShardWriter";
  file: number | null = null;
  path = "";
  pending: string[] = [];
  characters = 0;
  lines = 0;

  constructor(readonly folder: string) {}

  startBundle(): void {
    this.file = null;
    this.pending = [];
    this.characters = 0;
    this.lines = 0;
  }

  process(line: string): void {
    this.pending.push(line);
    this.characters += line.length + 1;
    this.lines += 1;
    if (this.characters >= FLUSH_CHARACTERS) this.flush();
  }

  finishBundle(context: ShardContext): Iterable<WindowedValue<never>> {
    this.flush();
    if (this.file !== null) {
      closeSync(this.file);
      renameSync(`${this.path}.part`, `${this.path}.ndjson`);
      this.file = null;
    }
    if (this.lines > 0) context.written.update(this.lines);
    return [];
  }

  flush(): void {
    if (this.pending.length === 0) return;
    if (this.file === null) {
      mkdirSync(this.folder, { recursive: true });
      this.path = join(this.folder, randomUUID());
      this.file = openSync(`${this.path}.part`, "wx");
    }
    this.pending.push("");
    const bytes = Buffer.from(this.pending.join("\n"), "utf8");
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    this.pending = [];
    this.characters = 0;
  }
}

requireForSerialization("@junoplus/beam-runtime/write-shards", exports);
