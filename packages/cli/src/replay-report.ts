import type { ContractReplay } from "./contracts-replay";
import { number } from "./progress";
import type { PointerReplay, ReplayCounts } from "./replay-tally";
import { versions } from "./review/verdict-words";

/** A line for people names fewer keys than are kept. */
const KEYS_SHOWN = 3;

/** A replay for a terminal: keys, pointers and rules, no value. */
export function replayReport(ref: string, source: string, replays: readonly ContractReplay[]): string {
  const words = replays.length === 0 ? "no contract of a change log differs" : `${replays.length} replayed`;
  return `${[...replays.flatMap(contractLines), `against ${ref}, over ${source}: ${words}`].join("\n")}\n`;
}

function contractLines(replay: ContractReplay): readonly string[] {
  const { contract, live, readOtherwise, byPointer } = replay;
  return [
    `${contract} ${versions(replay)}: ${number(replay.changes)} changes`,
    `  all stored documents: ${counts(replay)}`,
    `  live ones: ${counts(live)}`,
    ...(readOtherwise === 0 ? [] : [`  pass both, but are read otherwise: ${number(readOtherwise)}`]),
    ...byPointer.map(pointerLine),
  ];
}

function counts({ documents, newlyFailing, newlyPassing, failingBoth }: ReplayCounts): string {
  return `${number(documents)}; newly failing ${number(newlyFailing)}, newly passing ${number(newlyPassing)}, failing both ${number(failingBoth)}`;
}

function pointerLine({ pointer, rule, newlyFailing, newlyPassing, keys }: PointerReplay): string {
  const named = [...keys.slice(0, KEYS_SHOWN), ...(keys.length > KEYS_SHOWN ? ["…"] : [])].join(", ");
  return `  ${pointer || "/"} ${rule}: newly failing ${number(newlyFailing)}, newly passing ${number(newlyPassing)}: ${named}`;
}
