import type { ProgressSink } from "./progress";
import { number } from "./progress";

/** Progress of a replay on stderr: one line that renews itself on a terminal, one line a contract elsewhere. */
export function replayProgress(sink: ProgressSink): {
  readonly changes: (contract: string, changes: number) => void;
  readonly done: () => void;
} {
  let current = "";
  const clear = (): void => {
    if (sink.isTTY === true && current !== "") sink.write("\r\u001b[2K");
  };
  return {
    changes(contract, changes) {
      clear();
      if (sink.isTTY === true) sink.write(`replaying ${contract}: ${number(changes)} changes`);
      else if (contract !== current) sink.write(`replaying ${contract}\n`);
      current = contract;
    },
    done: clear,
  };
}
