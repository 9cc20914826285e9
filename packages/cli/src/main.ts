import { timestampFromIso } from "@junoplus/contracts";
import { runProgram } from "./program";

/** A reader that has seen enough (`| head`) closes the pipe: that is no fault, and nobody is left to tell. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

async function main(): Promise<void> {
  process.exitCode = await runProgram({
    args: process.argv.slice(2),
    directory: process.cwd(),
    // Google's own name for it; what it changes is where requests go, so it is read here and nowhere else.
    bigQueryEndpoint: process.env["BIGQUERY_EMULATOR_HOST"],
    // Google names none for the Storage API, whose port is another.
    bigQueryStorageEndpoint: process.env["BIGQUERY_STORAGE_EMULATOR_HOST"],
    // The client of Firestore reads it as well.
    firestoreEmulatorHost: process.env["FIRESTORE_EMULATOR_HOST"],
    now: timestampFromIso(new Date().toISOString()) as string,
    output: process,
  });
}

void main();
