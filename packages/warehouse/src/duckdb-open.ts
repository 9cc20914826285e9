import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { duckDbMessage } from "./duckdb-fault";
import { WarehouseOpenError } from "./errors";

/** How the file is opened. */
export interface DuckDbOpening {
  readonly threads?: number;
  readonly readOnly?: boolean;
}

/** Opens a DuckDB file (made when missing) or `:memory:`; in one process a file opened twice is one database. */
export async function openInstance(url: string, path: string, opening: DuckDbOpening): Promise<DuckDBInstance> {
  const settings = {
    // Nothing is fetched at run time: what we use (json, icu) is built in.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // As in BigQuery.
    default_null_order: "nulls_first_on_asc_last_on_desc",
    ...(opening.threads === undefined ? {} : { threads: String(opening.threads) }),
    ...(opening.readOnly ? { access_mode: "READ_ONLY" } : {}),
  };
  if (path === ":memory:") return prepared(await DuckDBInstance.create(path, settings));
  const file = resolve(path);
  try {
    // From the cache: file locks are the process's, so a second instance would corrupt the file.
    return await prepared(await DuckDBInstance.fromCache(file, settings));
  } catch (error) {
    const [fault, cure] = explanation(duckDbMessage(error), file);
    throw new WarehouseOpenError(url, fault, cure, { cause: error });
  }
}

async function prepared(instance: DuckDBInstance): Promise<DuckDBInstance> {
  const connection = await instance.connect();
  try {
    // Of all sessions, so that CURRENT_DATE and the like are UTC on any machine.
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
  } finally {
    connection.closeSync();
  }
  return instance;
}

/** Throws WarehouseOpenError where the directory of a file is not there. */
export function mustHaveDirectory(url: string, path: string): void {
  const directory = dirname(resolve(path));
  if (!existsSync(directory)) throw new WarehouseOpenError(url, ...noDirectory(directory));
}

function noDirectory(directory: string): readonly [fault: string, cure: string] {
  return [`the directory ${directory} does not exist`, "Make it first, or name another file."];
}

function explanation(message: string, file: string): readonly [fault: string, cure: string] {
  const holder = /Conflicting lock is held in (.+?)\. See/.exec(message)?.[1];
  if (holder !== undefined || message.includes("Could not set lock")) {
    return [
      `another process has it open${holder === undefined ? "" : `: ${holder}`}`,
      "DuckDB lets in one process at a time: wait until it ends, or close the tool that looks at the file.",
    ];
  }
  if (message.includes("different configuration")) {
    return ["this process has it open with other options", "Close that warehouse first."];
  }
  if (message.includes("read-only mode: database does not exist")) {
    return ["it does not exist", "Run the job once to make it, or name another file."];
  }
  // A file system that takes no files (/proc) says "No such file" of a directory that is there.
  if (message.includes("No such file or directory") && !existsSync(dirname(file))) {
    return noDirectory(dirname(file));
  }
  if (message.includes("Is a directory")) return ["it is a directory", "Name a file in it."];
  if (/Permission denied|Read-only file system|Operation not permitted|No such file or directory/.test(message)) {
    return [
      `${file} or its directory may not be written`,
      "Name a file in a directory of yours, or open it to read only.",
    ];
  }
  if (message.includes("not a valid DuckDB database file")) {
    return statSync(file).size === 0
      ? ["the file is empty, left by a process that was killed while it made it", "Delete it and run again."]
      : ["it is no DuckDB database", "Name another file; this one was left as it is."];
  }
  return [message, "The file was left as it is."];
}
