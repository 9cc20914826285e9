import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram } from "../program";

const PROJECT = join(__dirname, "../../../..");

/** What a command printed, and the exit code it ended with. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A checkout of its own with the project's contracts on the branch `main`. */
export interface ScratchCheckout {
  readonly root: string;
  /** Throws with what git says when git refuses. */
  readonly git: (...args: readonly string[]) => void;
  readonly commit: () => void;
  /** Calls `medallion` in the checkout. */
  readonly medallion: (...args: readonly string[]) => Promise<Called>;
  readonly remove: () => void;
}

/** Copies the contracts, and what else is named, into a new repository and commits it there. */
export function scratchCheckout(paths: readonly string[] = ["packages/contracts/schemas"]): ScratchCheckout {
  const root = mkdtempSync(join(tmpdir(), "medallion-checkout-"));
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (existsSync(join(PROJECT, path))) cpSync(join(PROJECT, path), join(root, path), { recursive: true });
  }
  const git = (...args: readonly string[]): void => {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
    const { status, stderr } = spawnSync("git", [...identity, ...args], { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  };
  const commit = (): void => {
    git("add", "--all");
    git("commit", "--quiet", "--message", "contracts");
  };
  git("init", "--quiet", "--initial-branch=main");
  commit();
  return {
    root,
    git,
    commit,
    medallion: async (...args) => {
      const text = { out: "", err: "" };
      const code = await runProgram({
        args,
        directory: root,
        now: "2026-01-01T00:00:00.000000Z",
        output: { stdout: { write: (part) => (text.out += part) }, stderr: { write: (part) => (text.err += part) } },
      });
      return { code, ...text };
    },
    remove: () => rmSync(root, { recursive: true }),
  };
}
