import { DAY, HOUR, MINUTE } from "./instants";
import type { Mess } from "./mess";
import { someTime } from "./person";
import { type PlannedChange, planned } from "./planned-change";

/** No change of a document waits longer for the one that overtakes it, so that few are held back at a time. */
const LONGEST_WAIT = 36 * HOUR;

/** Lets delivery mess strike the changes of one document: ties, null writes, imports of what is there, late arrival. */
export function spoilLife(mess: Mess, changes: PlannedChange[], canBeLate: boolean): void {
  changes.forEach((change, i) => {
    const previous = changes[i - 1];
    if (previous === undefined || previous.operation === "DELETE") return;
    const kind = change.operation === "DELETE" ? "tie_with_delete" : "tie";
    if (!mess.strikes(kind)) return;
    change.at = previous.at;
    change.arrival = previous.arrival;
    change.mess.push(kind);
    if (mess.random.chance(0.5)) previous.arrival += someTime(mess.random, 1, MINUTE);
  });
  // An empty write is never the newest change: the client repeats it.
  for (const change of changes.slice(0, -1)) {
    if (change.data !== null && mess.strikes("literal_null_write")) {
      change.data = "null";
      change.mess = ["literal_null_write"];
    }
  }
  if (canBeLate) delay(mess, changes);
  addReimport(mess, changes);
}

/** Holds changes back, from the last to the first, for each has to know when the next one arrives. */
function delay(mess: Mess, changes: readonly PlannedChange[]): void {
  const { random } = mess;
  for (let i = changes.length - 1; i >= 0; i--) {
    const change = changes[i] as PlannedChange;
    const next = changes[i + 1];
    if (change.operation === "IMPORT" || change.mess.includes("tie")) continue;
    const overtakenAt = next !== undefined && next.arrival - change.at < LONGEST_WAIT ? next.arrival : null;
    if (overtakenAt !== null && next?.operation === "DELETE" && mess.strikes("update_after_delete_in_file")) {
      change.mess.push("update_after_delete_in_file");
    } else if (!mess.strikes("out_of_order")) {
      continue;
    }
    // That it is out of order is told when it arrives: it is not where nothing came in the meantime.
    change.arrival =
      overtakenAt === null
        ? change.at + someTime(random, HOUR, DAY)
        : overtakenAt + someTime(random, MINUTE, 40 * MINUTE);
  }
}

function addReimport(mess: Mess, changes: PlannedChange[]): void {
  const last = changes.at(-1);
  if (last === undefined || last.operation === "DELETE" || last.operation === "IMPORT") return;
  const { random } = mess;
  const at = Math.max(...changes.map((change) => change.arrival)) + someTime(random, HOUR, 40 * HOUR);
  const reimport = { ...planned("IMPORT", at, null), data: last.data };
  if (mess.strikes("reimport_epoch_of_existing", changes.length)) {
    changes.push({ ...reimport, at: 0, mess: ["reimport_epoch_of_existing"] });
  } else if (mess.strikes("reimport_wall_clock_of_existing", changes.length)) {
    // The import script stamps milliseconds.
    changes.push({ ...reimport, at: at - (at % 1000), mess: ["reimport_wall_clock_of_existing"] });
  }
}
