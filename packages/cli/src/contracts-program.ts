import { type Command, Option } from "commander";
import type { ContractsFormat } from "./contracts-command";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";
import { DEFAULT_PREFIX, datasetPrefix } from "./run-options";

interface Place {
  readonly directory: string;
  readonly output: Output;
}

type ContractsArguments = { readonly against: string; readonly prefix: string };
type NewArguments = { readonly prefix?: string; readonly path?: string; readonly from?: string };

/** `medallion contracts …`: how contracts are begun, changed and judged. */
export function addContractsCommands(
  program: Command,
  { directory, output }: Place,
  end: (code: ExitCode) => void,
): void {
  const contracts = program
    .command("contracts")
    .description("begin and check contracts, and what a change does to their readers");
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
  withRef(contracts.command("diff"))
    .description("every difference with its verdicts, the bump it needs, and the statements it implies")
    .addOption(
      new Option("--format <format>", "output on stdout").choices(["markdown", "json", "text"]).default("text"),
    )
    .addHelpText("after", "\nExample:\n  medallion contracts diff --against origin/main --format markdown")
    .action(async ({ against, prefix, format }: ContractsArguments & { readonly format: ContractsFormat }) => {
      const options = { directory, against, prefix: checkedPrefix(prefix), format };
      const { diffContracts } = await import("./contracts-command.js");
      end(diffContracts(options, output));
    });
  withRef(contracts.command("check"))
    .description("refuse a break without a new major, and a version that rises by too little")
    .action(async ({ against, prefix }: ContractsArguments) => {
      const options = { directory, against, prefix: checkedPrefix(prefix) };
      const { checkContracts } = await import("./contracts-command.js");
      end(checkContracts(options, output));
    });
}

function withRef(command: Command): Command {
  return command
    .requiredOption("--against <ref>", "git ref whose contracts are the older ones, for example origin/main")
    .option("--prefix <name>", "prefix of the datasets", DEFAULT_PREFIX);
}

function checkedPrefix(prefix: string): string {
  const faults: string[] = [];
  const checked = datasetPrefix(prefix, faults);
  if (faults.length > 0) throw new OptionsError(faults);
  return checked;
}
