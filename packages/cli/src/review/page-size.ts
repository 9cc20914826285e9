/** A part of a page: its lines, and how early it is left out when the page grows too long (the highest first). */
export interface PagePart {
  readonly lines: readonly string[];
  readonly dispensable: 0 | 1 | 2 | 3;
  /** What it holds, in words, to be told when it is left out. */
  readonly what: string;
}

/**
 * The parts as one page of at most so many characters. What does not fit is left out, the most dispensable kind first and
 * within a kind from the end, and the page says what and, by `instead`, where to see it. Parts of kind 0 stay until the
 * page is cut at a line.
 */
export function pageWithin(parts: readonly PagePart[], limit: number, instead: string): string {
  const left = new Set<PagePart>();
  const size = (): number => textOf(parts, left, instead).length;
  for (const kind of [3, 2, 1] as const) {
    for (const part of [...parts].reverse().filter(({ dispensable }) => dispensable === kind)) {
      if (size() <= limit) break;
      left.add(part);
    }
  }
  const text = textOf(parts, left, instead);
  return text.length <= limit ? text : cut(text, limit, instead);
}

function textOf(parts: readonly PagePart[], left: ReadonlySet<PagePart>, instead: string): string {
  const kept = parts.filter((part) => !left.has(part)).map(({ lines }) => lines.join("\n"));
  const counts = new Map<string, number>();
  for (const { what } of left) counts.set(what, (counts.get(what) ?? 0) + 1);
  const words = [...counts].map(([what, count]) => `${count} × ${what}`).join(", ");
  const notice = left.size === 0 ? [] : [`> Left out, because the page would be too long: ${words}. ${instead}`];
  return `${[...kept, ...notice].join("\n\n")}\n`;
}

function cut(text: string, limit: number, instead: string): string {
  const notice = `\n\n> Cut here, because the page would be too long. ${instead}\n`;
  const fitting = text.slice(0, Math.max(0, limit - notice.length));
  return `${fitting.slice(0, Math.max(0, fitting.lastIndexOf("\n")))}${notice}`;
}
