/** A line of the report. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
