import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

/** The lines of a shard file, plain or gzipped. */
export async function* shardLines(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file);
  // `for await` below reports what fails in the pipeline.
  const text = file.endsWith(".gz") ? pipeline(bytes, createGunzip(), () => {}) : bytes;
  let rest = "";
  // Not readline: it ends a line at U+2028 as well, which JSON allows in a text.
  for await (const piece of text.setEncoding("utf8")) {
    const [first = "", ...others] = String(piece).split("\n");
    rest += first;
    for (const next of others) {
      yield rest;
      rest = next;
    }
  }
  if (rest !== "") yield rest;
}
