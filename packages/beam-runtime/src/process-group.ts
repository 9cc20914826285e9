import { type ChildProcess, spawn } from "node:child_process";

const KEPT_CHARACTERS = 8000;

/** Groups that have not ended yet; none outlives this process. */
const running = new Set<ProcessGroup>();

process.on("exit", () => {
  for (const group of running) group.kill();
});

export interface ProcessGroupOptions {
  /** Called with what the process writes to stderr, as it comes. */
  readonly onStderr?: (text: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process with all that it starts: killed as one, even in the middle of an element, and at the latest when this process exits. */
export class ProcessGroup {
  private stderr = "";
  private readonly sent = new Set<NodeJS.Signals>();
  /** Rejects where the process cannot be started. */
  readonly ended: Promise<ProcessEnd>;

  private constructor(
    private readonly child: ChildProcess,
    onStderr: ProcessGroupOptions["onStderr"],
  ) {
    running.add(this);
    child.stderr?.on("data", (bytes: Buffer) => {
      const text = bytes.toString();
      this.stderr = (this.stderr + text).slice(-KEPT_CHARACTERS);
      onStderr?.(text);
    });
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      // After "close" nothing more comes on stderr.
      child.on("close", (code, signal) => resolve({ code, signal }));
    });
    const forget = (): void => void running.delete(this);
    this.ended.then(forget, forget);
  }

  static start(command: string, args: readonly string[], { onStderr, env }: ProcessGroupOptions = {}): ProcessGroup {
    const child = spawn(command, args, {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      ...(env !== undefined && { env }),
    });
    return new ProcessGroup(child, onStderr);
  }

  /** The last of what the process wrote to stderr, at most so many lines. */
  lastLines(count = 20): string {
    return this.stderr.trimEnd().split("\n").slice(-count).join("\n");
  }

  /** True where `kill` has sent it this signal; another one came from elsewhere. */
  wasSent(signal: NodeJS.Signals): boolean {
    return this.sent.has(signal);
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    this.sent.add(signal);
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // It has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** `code 1` or `SIGKILL`. */
export function endOf({ code, signal }: ProcessEnd): string {
  return signal ?? `code ${code}`;
}
