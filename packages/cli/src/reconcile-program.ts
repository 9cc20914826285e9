import { type Command, Option } from "commander";
import type { ExitCode, Output } from "./output";
import type { ReconcileArguments } from "./reconcile/reconcile-options";
import { DEFAULT_PREFIX } from "./run-options";

interface Place {
  readonly bigQueryEndpoint: string | undefined;
  readonly firestoreEmulatorHost: string | undefined;
  readonly now: string;
  readonly output: Output;
}

/** `medallion reconcile`: whether silver is what Firestore holds. */
export function addReconcileCommand(
  program: Command,
  { output, now, ...places }: Place,
  end: (code: ExitCode) => void,
): void {
  program
    .command("reconcile")
    .description("compare the live documents of Firestore with the silver tables; changes neither")
    .option("--firestore <database>", "PROJECT or PROJECT/DATABASE (default database: (default))")
    .option("--warehouse <url>", "where the tables live", "duckdb:medallion.duckdb")
    .option("--prefix <name>", "prefix of the datasets", DEFAULT_PREFIX)
    .option("--tables <names>", "only these silver tables, separated by commas (default: all)")
    .option("--settle <minutes>", "how long a write may take into the change log that the last run read", "10")
    .option("--write-imports <directory>", "write changes that mend what is missing or stale, as change log files")
    .addOption(new Option("--format <format>", "output on stdout").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExit codes: 0 equal, 1 a row is missing, extra or stale, or the command broke, 2 bad arguments." +
        "\n\nExamples:\n  medallion reconcile --firestore my-project --warehouse bigquery:my-project/EU\n" +
        "  medallion reconcile --firestore my-project --tables silver_user_profiles --format json\n" +
        "  medallion reconcile --firestore my-project --write-imports changelog/",
    )
    .action(async (given: ReconcileArguments) => {
      // Each command loads what it needs when it is called.
      const { reconcileOptions } = await import("./reconcile/reconcile-options.js");
      const options = reconcileOptions({ ...given, ...places }, now);
      const { reconcileCommand } = await import("./reconcile/reconcile-command.js");
      end(await reconcileCommand(options, output));
    });
}
