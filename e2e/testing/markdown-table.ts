/** The rows of the tables whose first heading cell is the one given, by heading. */
export function markdownRows(text: string, firstHeading: string): readonly Readonly<Record<string, string>>[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const headings = cells(line);
    if (headings[0] !== firstHeading || !/^\|( --- \|)+$/.test(lines[at + 1] ?? "")) return [];
    const after = lines.slice(at + 2);
    const end = after.findIndex((row) => !row.startsWith("|"));
    return (end === -1 ? after : after.slice(0, end)).map((row) =>
      Object.fromEntries(cells(row).map((cell, i) => [headings[i] ?? "", cell])),
    );
  });
}

function cells(line: string): readonly string[] {
  if (!line.startsWith("| ")) return [];
  return line
    .replace(/^\| | \|$/g, "")
    .split(" | ")
    .map((cell) => cell.trim());
}
