import { HELP, parseCommand } from "./changelog-command";
import { writeChangelog } from "./changelog-generator";
import { ChangelogOptionsError } from "./changelog-options";

async function main(): Promise<number> {
  try {
    const command = parseCommand(process.argv.slice(2));
    if (command === null) {
      process.stdout.write(HELP);
      return 0;
    }
    const onProgress = (changes: number) => {
      process.stderr.write(`${changes} of ${command.options.changes} changes\n`);
    };
    const summary = await writeChangelog(command.directory, { ...command.options, onProgress });
    for (const { path, rows, bytes } of summary.files) process.stdout.write(`${path}: ${rows} rows, ${bytes} bytes\n`);
    process.stdout.write(`${summary.rows} rows (${summary.messyRows} messy), ${summary.bytes} bytes\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ChangelogOptionsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
