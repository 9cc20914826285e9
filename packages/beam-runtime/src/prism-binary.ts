import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const PRISM_VERSION = "v2.77.0";
const PRISM = `github.com/apache/beam/sdks/v2/go/cmd/prism@${PRISM_VERSION}`;

/** The repository's own cache, from the sources and from what is built of them alike. */
const CACHE = join(__dirname, "../../../.cache/prism");

/** There is no Prism, and nothing to build it with. */
export class PrismMissingError extends Error {
  override readonly name = "PrismMissingError" as const;
}

const found = new Map<string, Promise<string>>();

/** The path of Prism; the first time it is built with Go, which takes a minute or two, and kept in the cache folder. */
export function findPrism(cacheFolder: string = CACHE): Promise<string> {
  const folder = join(cacheFolder, PRISM_VERSION);
  const path = join(folder, "prism");
  if (existsSync(path)) return Promise.resolve(path);
  let building = found.get(path);
  if (building === undefined) {
    building = build(folder, path).finally(() => found.delete(path));
    found.set(path, building);
  }
  return building;
}

async function build(folder: string, path: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  // Beside its place, so that another process sees it whole or not at all.
  const parts = mkdtempSync(join(folder, "build-"));
  try {
    await goInstall(parts);
    renameSync(join(parts, "prism"), path);
  } finally {
    rmSync(parts, { recursive: true });
  }
  return path;
}

function goInstall(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = spawn("go", ["install", PRISM], {
      env: { ...process.env, GOBIN: folder },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    go.stderr.on("data", (text: Buffer) => {
      stderr += text.toString();
    });
    go.on("error", ({ message }) => {
      reject(
        new PrismMissingError(`Prism is built with Go, which cannot be started (${message}): install Go 1.25 or newer`),
      );
    });
    go.on("close", (status) => {
      if (status === 0) resolve();
      else reject(new PrismMissingError(`go install ${PRISM} ended with ${status}:\n${stderr.slice(-4000)}`));
    });
  });
}
