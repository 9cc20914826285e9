/** What DuckDB says of an error, without the position in the SQL text. */
export function duckDbMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split(/\n\n?LINE \d+:/)[0] ?? text).trim();
}

/** The same in one line, without the values that DuckDB quotes where a cast or a parse failed. */
export function duckDbFault(error: unknown): string {
  const [line = ""] = duckDbMessage(error).split("\n");
  const kind = /^(Conversion|Invalid Input|Out of Range) Error/.exec(line)?.[0];
  return kind === undefined ? line : `${kind} (its text is withheld, it quotes values)`;
}
