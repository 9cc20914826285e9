import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { linesOf } from "@junoplus/beam-runtime/file-ranges";

/** Which changes of a log come later: its last ones, those of a day or two of many users; or the later half of those of few users. */
export type Growth = "last-hundredth" | "few-users";

const FLUSH_LINES = 2000;

/** Copies a change log without the hundredth of its changes that comes later; that lies beside it, for `grow`. */
export function splitLog(source: string, target: string, growth: Growth): void {
  rmSync(target, { recursive: true, force: true });
  for (const folder of ["log", "later"]) mkdirSync(join(target, folder), { recursive: true });
  for (const name of readdirSync(source)) {
    const path = join(source, name);
    const size = statSync(path).size;
    const writers = {
      log: new LineWriter(join(target, "log", name)),
      later: new LineWriter(join(target, "later", name)),
    };
    let bytes = 0;
    for (const line of linesOf({ path, start: 0, end: Number.MAX_SAFE_INTEGER })) {
      bytes += Buffer.byteLength(line) + 1;
      const isLate = growth === "last-hundredth" ? bytes > size * 0.99 : bytes > size / 2 && isOfFewUsers(line);
      writers[isLate ? "later" : "log"].add(line);
    }
    writers.log.close();
    writers.later.close();
  }
}

/** Adds what comes later to the log. */
export function grow(target: string): void {
  for (const name of readdirSync(join(target, "later"))) {
    appendFileSync(join(target, "log", name), readFileSync(join(target, "later", name)));
  }
}

/** True for about one user of fifty, told by two characters of the id. */
function isOfFewUsers(line: string): boolean {
  const [, id = ""] = /(?:users|user_profiles|medications)\/([^/"]+)/.exec(line) ?? [];
  return (id.charCodeAt(3) * 31 + id.charCodeAt(5)) % 50 === 7;
}

class LineWriter {
  private readonly file: number;
  private lines: string[] = [];

  constructor(path: string) {
    this.file = openSync(path, "w");
  }

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length === FLUSH_LINES) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    const bytes = Buffer.from(this.lines.map((line) => `${line}\n`).join(""), "utf8");
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    this.lines = [];
  }
}
