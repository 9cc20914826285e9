import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { freePort } from "@junoplus/beam-runtime/free-port";
import { untilReady } from "@junoplus/contracts/testing/until-ready";

/** A Firestore of one's own on this machine (Google's emulator, a Java program). */
export interface FirestoreEmulator {
  /** `HOST:PORT`, as FIRESTORE_EMULATOR_HOST has it. */
  readonly host: string;
  stop(): Promise<void>;
}

/** True where suites that need the emulator are left out: the machine has no Java, or no emulator. Under CI=true they are not, and fail. */
export const withoutFirestoreEmulator = (emulatorJar() === null || !hasJava()) && process.env["CI"] !== "true";

/** Starts an empty emulator on loopback. */
export async function startFirestoreEmulator(): Promise<FirestoreEmulator> {
  const jar = emulatorJar();
  if (jar === null || !hasJava()) {
    throw new Error(
      "the Firestore emulator needs java on the PATH and its jar: `gcloud components install cloud-firestore-emulator` " +
        "(Debian: google-cloud-cli-firestore-emulator), or name the jar in FIRESTORE_EMULATOR_JAR",
    );
  }
  const port = await freePort();
  const java = ["-Duser.language=en", "-Xmx512m", "-XX:+UseSerialGC", "-cp", jar, MAIN_CLASS];
  const serve = [...java, "--host=127.0.0.1", `--port=${port}`];
  const child = spawn("sh", ["-c", UNTIL_INPUT_ENDS, "firestore-emulator", ...serve], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const told = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      told.text = `${told.text}${text}`.slice(-4000);
    });
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.stdin.end();
    await exit;
  };
  try {
    await untilReady(child, `http://127.0.0.1:${port}/`);
  } catch (error) {
    await stop();
    throw new Error(`the Firestore emulator did not start: ${told.text}`, { cause: error });
  }
  return { host: `127.0.0.1:${port}`, stop };
}

const MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";

/** Java does not notice that who started it is gone: the shell does, and ends it. It holds nothing that could be lost. */
const UNTIL_INPUT_ENDS = 'java "$@" < /dev/null & cat > /dev/null; kill -9 $!; wait $! 2> /dev/null; exit 0';

/** The emulator's jar: named, of the Google Cloud SDK, or of the Firebase CLI; null when there is none. */
function emulatorJar(): string | null {
  const named = process.env["FIRESTORE_EMULATOR_JAR"];
  if (named !== undefined && named !== "") return existsSync(named) ? named : null;
  const ofSdks = sdkFolders().map((folder) =>
    join(folder, "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"),
  );
  return [...ofSdks, ...firebaseJars()].find((path) => existsSync(path)) ?? null;
}

/** Where the Google Cloud SDK lies: two folders above the `gcloud` that the PATH names, or where its packages put it. */
function sdkFolders(): readonly string[] {
  const gclouds = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "gcloud"));
  const found = gclouds.filter((path) => existsSync(path)).map((path) => dirname(dirname(realpathSync(path))));
  return [...found, "/usr/lib/google-cloud-sdk", join(homedir(), "google-cloud-sdk")];
}

function firebaseJars(): readonly string[] {
  const folder = join(homedir(), ".cache/firebase/emulators");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => /^cloud-firestore-emulator-.*\.jar$/.test(name)).map((name) => join(folder, name));
}

function hasJava(): boolean {
  return spawnSync("java", ["-version"]).status === 0;
}
