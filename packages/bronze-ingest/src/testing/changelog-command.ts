import { parseArgs } from "node:util";
import { type ChangelogFilesOptions, ChangelogOptionsError, checkedOptions } from "./changelog-options";

/** How to call the generator. */
export const HELP = `Makes change logs as the Firestore export delivers them. The same options give the same lines.

Usage: npx tsx packages/bronze-ingest/src/testing/generate-changelog.ts --changes N --out DIR [options]

  --changes N                  how many changes, exactly
  --out DIR                    directory of the files <prefix>_raw_changelog*.ndjson[.gz]
  --seed N                     another seed, another log (default 1)
  --mess RATE                  share of messy rows, 0 (a clean log) to 0.5 (default 0.12, as in the sample)
  --collections A,B            prefixes of the logs to make (default: all four)
  --changes-per-document N     mean, 1.1 to 20 (default 4)
  --files-per-collection N     default 1
  --gzip                       compress the files
  --help                       this text

Example: … --changes 500000 --seed 1 --out /tmp/log --mess 0.05 --files-per-collection 4 --gzip
`;

const TEXT_OPTIONS = [
  "changes",
  "out",
  "seed",
  "mess",
  "collections",
  "changes-per-document",
  "files-per-collection",
] as const;
const FLAGS = ["gzip", "help"] as const;

type TextOption = (typeof TEXT_OPTIONS)[number];

/** What a command line asks for. */
export interface Command {
  readonly directory: string;
  readonly options: ChangelogFilesOptions;
}

/** The command line as options, null when it asks for help; throws ChangelogOptionsError with every fault. */
export function parseCommand(args: readonly string[]): Command | null {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(TEXT_OPTIONS.map((name) => [name, { type: "string" as const }])),
      ...Object.fromEntries(FLAGS.map((name) => [name, { type: "boolean" as const }])),
    },
    // Strict parsing stops at the first fault.
    strict: false,
    tokens: true,
  });
  if (values["help"] === true) return null;

  const faults: string[] = [];
  const texts = new Map<TextOption, string>();
  for (const token of tokens) {
    if (token.kind === "positional") faults.push(`"${token.value}" is no option`);
    if (token.kind !== "option") continue;
    const name = TEXT_OPTIONS.find((known) => known === token.name);
    if (name !== undefined) {
      if (token.value === undefined || token.value === "") faults.push(`--${name} needs a value`);
      else texts.set(name, token.value);
    } else if (!FLAGS.some((flag) => flag === token.name)) {
      faults.push(`${token.rawName} is not known; see --help`);
    } else if (token.value !== undefined) {
      faults.push(`--${token.name} takes no value`);
    }
  }

  const number = (name: TextOption, otherwise: number) => {
    const text = texts.get(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (Number.isNaN(value)) faults.push(`--${name} must be a number, not "${text}"`);
    return Number.isNaN(value) ? otherwise : value;
  };
  const missing = (["changes", "out"] as const).filter((name) => !texts.has(name));
  faults.push(...missing.map((name) => `--${name} is missing`));
  const options: ChangelogFilesOptions = {
    changes: number("changes", 1),
    seed: number("seed", 1),
    ...(texts.has("mess") && { messRate: number("mess", 0) }),
    ...(texts.has("collections") && { collections: (texts.get("collections") ?? "").split(",") }),
    ...(texts.has("changes-per-document") && { changesPerDocument: number("changes-per-document", 4) }),
    filesPerCollection: number("files-per-collection", 1),
    gzip: values["gzip"] === true,
  };
  faults.push(...faultsOf(options));
  if (faults.length > 0) throw new ChangelogOptionsError([...new Set(faults)]);
  return { directory: texts.get("out") ?? "", options };
}

function faultsOf(options: ChangelogFilesOptions): readonly string[] {
  try {
    checkedOptions(options);
    return [];
  } catch (error) {
    if (error instanceof ChangelogOptionsError) return error.faults;
    throw error;
  }
}
