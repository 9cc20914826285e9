import { type Command, Option } from "commander";
import type { ContractsFormat, ContractsOptions } from "./contracts-command";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";
import type { ReplayCommandOptions } from "./replay-command";
import type { ReplaySourceOptions } from "./replay-with-progress";
import { changelogSource, DEFAULT_PREFIX, datasetPrefix } from "./run-options";

interface Place {
  readonly directory: string;
  /** Where BigQuery's APIs are, when they are not Google's: an emulator. */
  readonly bigQueryEndpoint?: string | undefined;
  readonly bigQueryStorageEndpoint?: string | undefined;
  readonly output: Output;
}

type ContractsArguments = {
  readonly against: string;
  readonly prefix: string;
  readonly source?: string;
  readonly replay: boolean;
};
type DiffArguments = ContractsArguments & { readonly format: ContractsFormat; readonly links?: string };
type ReplayArguments = {
  readonly against: string;
  readonly source?: string;
  readonly contract?: string;
  readonly format: "text" | "json";
};
type NewArguments = { readonly prefix?: string; readonly path?: string; readonly from?: string };

/** `medallion contracts …`: how contracts are begun, changed and judged. */
export function addContractsCommands(program: Command, place: Place, end: (code: ExitCode) => void): void {
  const contracts = program
    .command("contracts")
    .description("begin and check contracts, and what a change does to their readers");
  addAuthoring(contracts, place, end);
  addComparisons(contracts, place, end);
  addReplay(contracts, place, end);
  addReadings(contracts, place, end);
}

/** What begins a contract, and what is called after it is edited. */
function addAuthoring(contracts: Command, { directory, output }: Place, end: (code: ExitCode) => void): void {
  contracts
    .command("new")
    .description("begin a contract: schema, examples, and of a silver table the module and its test")
    .argument("<name>", "<layer>/<table>, for example bronze/symptom_log")
    .option("--prefix <name>", "of a change log: its tables are <prefix>_raw_changelog (default: <table>_data)")
    .option("--path <path>", "of a change log: where its documents lie, for example users/{userId}/symptom_log/{logId}")
    .option("--from <changelog>", "of a silver table: the change log it is made from, for example bronze/symptom_log")
    .addHelpText(
      "after",
      "\nExamples:\n  medallion contracts new bronze/symptom_log --prefix symptom_log_data\n" +
        "  medallion contracts new silver/symptoms --from bronze/symptom_log",
    )
    .action(async (name: string, given: NewArguments) => {
      const { newContract } = await import("./contracts-authoring.js");
      end(newContract({ directory, name, ...given }, output));
    });
  contracts
    .command("lint")
    .description("every fault of the contracts' folders, with file, pointer and what to do; nothing has to be built")
    .argument("[names...]", "only these, for example silver/therapy_sessions (default: all)")
    .action(async (names: readonly string[]) => {
      const { lintCommand } = await import("./contracts-authoring.js");
      end(lintCommand({ directory, names }, output));
    });
  contracts
    .command("freeze")
    .description("keep a copy of every new version below versions/")
    .action(async () => {
      const { freezeCommand } = await import("./contracts-authoring.js");
      end(freezeCommand(directory, output));
    });
  contracts
    .command("generate")
    .description("write types, validators, columns and READMEs from the schemas")
    .action(async () => {
      const { generateCommand } = await import("./contracts-authoring.js");
      end(await generateCommand(directory, output));
    });
}

/** What judges a change of contracts. */
function addComparisons(contracts: Command, place: Place, end: (code: ExitCode) => void): void {
  withRef(contracts.command("diff"))
    .description(
      "every difference with its verdicts, who reads it, what is stored, who must agree; exit 1 when refused",
    )
    .addOption(new Option("--format <format>", "output on stdout").choices(DIFF_FORMATS).default("text"))
    .option("--links <url>", "what a file's path is appended to, so that the page links to it")
    .addHelpText(
      "after",
      "\ngithub is markdown for a comment: with a marker, within GitHub's limit, and the refused lines as annotations on stderr.\n" +
        "\nExample:\n  medallion contracts diff --against origin/main --format markdown",
    )
    .action(async ({ format, links, ...given }: DiffArguments) => {
      const options = { ...comparison(place, given), format, ...(links !== undefined && { links }) };
      const { diffContracts } = await import("./contracts-command.js");
      end(await diffContracts(options, place.output));
    });
  withRef(contracts.command("check"))
    .description("refuse a break without a new major, and a version that rises by too little")
    .action(async (given: ContractsArguments) => {
      const options = comparison(place, given);
      const { checkContracts } = await import("./contracts-command.js");
      end(await checkContracts(options, place.output));
    });
}

function addReplay(contracts: Command, place: Place, end: (code: ExitCode) => void): void {
  contracts
    .command("replay")
    .description("count the stored documents that would newly fail or newly pass, by pointer and rule; shows no value")
    .requiredOption("--against <ref>", "git ref whose contracts are the older ones, for example origin/main")
    .option(
      "--source <source>",
      "change logs, as for run: a directory, or bigquery:PROJECT.DATASET[/LOCATION] (default: the shipped sample)",
    )
    .option(
      "--contract <name>",
      "only this contract, changed or not (default: every change log whose contract differs)",
    )
    .addOption(new Option("--format <format>", "output on stdout").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nEvery distinct version of a document in the log counts once, superseded ones too: a run reads them all. The newest\n" +
        "ones of documents that are not deleted are counted again as live. A document fails when it or one of its array\n" +
        "entries would be rejected. The result informs: exit code 0; contracts check decides.\n" +
        "\nExamples:\n  medallion contracts replay --against origin/main --source changelog/\n" +
        "  medallion contracts replay --against origin/main --source bigquery:my-project.junoplus_analytics/EU",
    )
    .action(async (given: ReplayArguments) => {
      const options = replayOptions(place, given);
      const { replayCommand } = await import("./replay-command.js");
      end(await replayCommand(options, place.output));
    });
}

/** What tells of contracts as they are. */
function addReadings(contracts: Command, { directory, output }: Place, end: (code: ExitCode) => void): void {
  contracts
    .command("downstream")
    .description("who reads a field: columns, checks and views, found in the sources, with file and line")
    .argument("<contract>", "title of the contract, for example bronze_therapy_sessions")
    .argument("[pointer]", "the field, for example /feedback/painLevelBefore (default: every field)", "")
    .addOption(new Option("--format <format>", "output on stdout").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExample:\n  medallion contracts downstream bronze_therapy_sessions /feedback/painLevelBefore",
    )
    .action(async (contract: string, pointer: string, { format }: { readonly format: "text" | "json" }) => {
      const { downstreamCommand } = await import("./downstream-command.js");
      end(downstreamCommand({ directory, contract, pointer, format }, output));
    });
  contracts
    .command("docs")
    .description(
      "a site of all contracts: what they hold, what they are made from, who reads them; opens without a server",
    )
    .requiredOption("--out <folder>", "where the pages are written, for example site/")
    .action(async ({ out }: { readonly out: string }) => {
      const { docsCommand } = await import("./docs-command.js");
      end(docsCommand({ directory, out }, output));
    });
}

const DIFF_FORMATS: readonly ContractsFormat[] = ["text", "markdown", "json", "github"];

function replayOptions(place: Place, given: ReplayArguments): ReplayCommandOptions {
  const { against, source, contract, format } = given;
  const only = { ...checkedSource(place, source), ...(contract !== undefined && { contract }) };
  return { directory: place.directory, against, ...only, format };
}

function comparison(place: Place, { against, prefix, source, replay }: ContractsArguments): ContractsOptions {
  const { directory } = place;
  return { directory, against, prefix: checkedPrefix(prefix), ...checkedSource(place, source), replay };
}

/** Checked as that of a run; none is the shipped sample. */
function checkedSource({ bigQueryEndpoint, bigQueryStorageEndpoint }: Place, source?: string): ReplaySourceOptions {
  if (source === undefined) return {};
  const faults: string[] = [];
  const given = {
    source,
    ...(bigQueryEndpoint && { bigQueryEndpoint }),
    ...(bigQueryStorageEndpoint && { bigQueryStorageEndpoint }),
  };
  changelogSource(given, faults);
  if (faults.length > 0) throw new OptionsError(faults);
  return given;
}

function withRef(command: Command): Command {
  return command
    .requiredOption("--against <ref>", "git ref whose contracts are the older ones, for example origin/main")
    .option("--prefix <name>", "prefix of the datasets", DEFAULT_PREFIX)
    .option("--source <source>", "change logs to replay over, as for run (default: the shipped sample)")
    .option("--no-replay", "judge by the schemas alone, without looking at stored documents");
}

function checkedPrefix(prefix: string): string {
  const faults: string[] = [];
  const checked = datasetPrefix(prefix, faults);
  if (faults.length > 0) throw new OptionsError(faults);
  return checked;
}
