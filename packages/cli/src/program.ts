import { Command, CommanderError, Option } from "commander";
import { explain } from "./command-errors";
import { addContractsCommands } from "./contracts-program";
import { OptionsError } from "./options-error";
import type { ExitCode, Output } from "./output";
import { addReconcileCommand } from "./reconcile-program";
import type { RejectedOptions } from "./rejected-command";
import { DEFAULT_PREFIX, datasetPrefix, type RunArguments, runOptions, warehouseUrl } from "./run-options";

/** What the command line is called with. */
export interface Invocation {
  /** Arguments after the program's name. */
  readonly args: readonly string[];
  readonly directory: string;
  /** Where BigQuery's API is, when it is not Google's: an emulator's `http://HOST:PORT`. */
  readonly bigQueryEndpoint?: string | undefined;
  /** Where its Storage API is then: `HOST:PORT`. */
  readonly bigQueryStorageEndpoint?: string | undefined;
  /** Where Firestore is, when it is not Google's: an emulator's `HOST:PORT`. */
  readonly firestoreEmulatorHost?: string | undefined;
  /** Canonical timestamp of now. */
  readonly now: string;
  readonly output: Output;
}

/** Runs one command. Never throws: every error ends as words on stderr and an exit code. */
export async function runProgram(invocation: Invocation): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = medallionProgram(invocation, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...invocation.args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { text, exitCode: code } = explain(error);
    invocation.output.stderr.write(`${text}\n`);
    return code;
  }
}

type WarehouseArguments = { readonly warehouse?: string; readonly prefix?: string };
type RejectedArguments = WarehouseArguments & { readonly run?: string; readonly format?: string };

function medallionProgram(
  { directory, bigQueryEndpoint, bigQueryStorageEndpoint, firestoreEmulatorHost, now, output }: Invocation,
  end: (code: ExitCode) => void,
): Command {
  const program = new Command("medallion")
    .description("Firestore change logs in, trustworthy silver and gold tables out.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.stdout.write(text), writeErr: (text) => output.stderr.write(text) })
    .showHelpAfterError("(medallion --help, or medallion <command> --help, shows what there is)")
    .addHelpText("after", "\nExit codes: 0 done, 1 a check failed or the run broke, 2 bad arguments.");

  program
    .command("run")
    .description("read change logs, build and check every table, publish all or none")
    .option(
      "--source <source>",
      "directory with <prefix>_raw_changelog*.ndjson[.gz] files, or bigquery:PROJECT.DATASET[/LOCATION]",
    )
    .option("--warehouse <url>", "where the tables live: duckdb:FILE or bigquery:PROJECT[/LOCATION]")
    .option("--as-of <instant>", "dates processed_at and ages, filters no change (default: now)")
    .option("--tables <names>", "only these tables, separated by commas (default: all)")
    .option("--runner <runner>", "what runs the pipeline: direct, prism or portable", "direct")
    .option("--endpoint <host:port>", "job service of a portable runner")
    .option("--environment <environment>", "its workers: process:<command>, external:<host:port> or docker:<image>")
    .option("--processes <n>", "processes of its worker, where this process starts it (default: 1)")
    .option("--since <run>", "read only what was added since a run, and go on from there: last")
    .option("--lookback <days>", "how far back that looks for late rows of a source in BigQuery (default: 3)")
    .option("--full", "read the whole log (the default); with --since last: and leave a new state to go on from")
    .option("--prefix <name>", "prefix of the datasets", DEFAULT_PREFIX)
    .option("--policy-tags <tags>", "in BigQuery: what guards columns, CLASSIFICATION=projects/…/policyTags/N,…")
    .option("--allow-empty", "publish even where a table with rows would become empty")
    .option("--log <format>", "progress on stderr: text or json", "text")
    .option("--dry-run", "change nothing: tell every call, the bytes that it would read, and the price at a given rate")
    .option("--price-per-tib <usd>", "of a dry run: what a TiB of queries costs")
    .option("--read-price-per-tib <usd>", "of a dry run: what a TiB of the Storage Read API costs")
    .option("--format <format>", "of a dry run, on stdout: text or json (default: text)")
    .addHelpText(
      "after",
      "\nExamples:\n  medallion run --source changelog/ --warehouse duckdb:medallion.duckdb\n" +
        "  medallion run --source changelog/ --warehouse duckdb:medallion.duckdb --since last\n" +
        "  medallion run --source bigquery:my-project.junoplus_analytics/EU --warehouse bigquery:my-project/EU --since last\n" +
        "  medallion run --source changelog/ --warehouse duckdb:m.duckdb --as-of 2025-01-01 --tables silver_medications\n" +
        "  medallion run --source changelog/ --warehouse duckdb:m.duckdb --runner portable --endpoint localhost:8073\n" +
        "  medallion run --source bigquery:my-project.logs/EU --warehouse bigquery:my-project/EU --dry-run --price-per-tib 5",
    )
    .action(async (given: RunArguments) => {
      // Each command loads what it needs when it is called: a wrong argument is refused before Beam is loaded.
      const options = runOptions({ ...given, bigQueryEndpoint, bigQueryStorageEndpoint }, now);
      const { runCommand } = await import("./run-command.js");
      end(await runCommand(options, output));
    });

  program
    .command("demo")
    .description("run the shipped sample into ./medallion.duckdb and write ./medallion-report.html")
    .action(async () => {
      const { demoCommand } = await import("./demo-command.js");
      end(await demoCommand(output, directory));
    });

  withWarehouse(program.command("check"))
    .description("hold the published tables against their contracts")
    .addOption(formatOption())
    .action(async (given: RejectedArguments) => {
      const options = { ...checkedWarehouse(given), bigQueryEndpoint, now, format: formatOf(given) };
      const { checkCommand } = await import("./check-command.js");
      end(await checkCommand(options, output));
    });

  withWarehouse(program.command("report"))
    .description("write one HTML page about a run")
    .option("--run <id>", "the run (default: the last one)")
    .option("--out <file>", "where the page is written", "medallion-report.html")
    .action(async (given: WarehouseArguments & { readonly run?: string; readonly out: string }) => {
      const options = { ...checkedWarehouse(given), bigQueryEndpoint, ...runOf(given), out: given.out };
      const { reportCommand } = await import("./report-command.js");
      end(await reportCommand(options, output));
    });

  const rejected = program.command("rejected").description("what a run rejected, and why; never shows health values");
  withRejected(rejected.command("count", { isDefault: true }))
    .description("count by change log and reason")
    .action(async (given: RejectedArguments) => {
      const options = { ...rejectedOptions(given), bigQueryEndpoint };
      const { countRejected } = await import("./rejected-command.js");
      end(await countRejected(options, output));
    });
  withRejected(rejected.command("list"))
    .description("list rejected changes: keys, pointers, rules")
    .option("--reason <reason>", "only this reason, for example breaks_contract")
    .option("--changelog <prefix>", "only this change log, for example therapy_sessions_data")
    .option("--limit <n>", "at most so many", "50")
    .action(
      async (
        given: RejectedArguments & { readonly reason?: string; readonly changelog?: string; readonly limit: string },
      ) => {
        const { reason, changelog, limit } = given;
        if (!/^[1-9]\d{0,8}$/.test(limit)) throw new OptionsError([`--limit ${limit}: write a whole number above 0`]);
        const filters = { ...(reason !== undefined && { reason }), ...(changelog !== undefined && { changelog }) };
        const options = { ...rejectedOptions(given), bigQueryEndpoint, ...filters, limit: Number(limit) };
        const { listRejected } = await import("./rejected-command.js");
        end(await listRejected(options, output));
      },
    );
  withRejected(rejected.command("show"))
    .description("show one rejected change: its faults and its shape, values masked")
    .argument("<id>", "the change's id, as list shows it")
    .action(async (id: string, given: RejectedArguments) => {
      const options = { ...rejectedOptions(given), bigQueryEndpoint };
      const { showRejected } = await import("./rejected-command.js");
      end(await showRejected(options, id, output));
    });
  addReconcileCommand(program, { bigQueryEndpoint, firestoreEmulatorHost, now, output }, end);
  addContractsCommands(program, { directory, bigQueryEndpoint, bigQueryStorageEndpoint, output }, end);
  return program;
}

function withWarehouse(command: Command): Command {
  return command
    .option("--warehouse <url>", "where the tables live", "duckdb:medallion.duckdb")
    .option("--prefix <name>", "prefix of the datasets", DEFAULT_PREFIX);
}

function withRejected(command: Command): Command {
  return withWarehouse(command).option("--run <id>", "the run (default: the last one)").addOption(formatOption());
}

function formatOption(): Option {
  return new Option("--format <format>", "output on stdout").choices(["text", "json"]).default("text");
}

function formatOf({ format }: { readonly format?: string }): "text" | "json" {
  return format === "json" ? "json" : "text";
}

function runOf({ run }: { readonly run?: string }): { readonly run?: string } {
  return run === undefined ? {} : { run };
}

function rejectedOptions(given: RejectedArguments): RejectedOptions {
  return { ...checkedWarehouse(given), ...runOf(given), format: formatOf(given) };
}

function checkedWarehouse(given: WarehouseArguments): { readonly warehouse: string; readonly prefix: string } {
  const faults: string[] = [];
  const checked = { warehouse: warehouseUrl(given.warehouse, faults), prefix: datasetPrefix(given.prefix, faults) };
  if (faults.length > 0) throw new OptionsError(faults);
  return checked;
}
