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
  const counts = new Map<string, number>();
  let size = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  for (const kind of [3, 2, 1] as const) {
    for (const part of [...parts].reverse().filter(({ dispensable }) => dispensable === kind)) {
      if (size + noticeOf(counts, instead).length <= limit) break;
      left.add(part);
      counts.set(part.what, (counts.get(part.what) ?? 0) + 1);
      size -= sizeOf(part);
    }
  }
  const kept = parts.filter((part) => !left.has(part)).map(textOf);
  const text = `${kept.join(BETWEEN)}\n${noticeOf(counts, instead)}`;
  return text.length <= limit ? text : cut(text, limit, instead);
}

const BETWEEN = "\n\n";

function textOf({ lines }: PagePart): string {
  return lines.join("\n");
}

function sizeOf(part: PagePart): number {
  return textOf(part).length + BETWEEN.length;
}

function noticeOf(counts: ReadonlyMap<string, number>, instead: string): string {
  if (counts.size === 0) return "";
  const words = [...counts].map(([what, count]) => `${count} × ${what}`).join(", ");
  return `\n> Left out, because the page would be too long: ${words}. ${instead}\n`;
}

function cut(text: string, limit: number, instead: string): string {
  const notice = `\n\n> Cut here, because the page would be too long. ${instead}\n`;
  const fitting = text.slice(0, Math.max(0, limit - notice.length));
  return `${fitting.slice(0, Math.max(0, fitting.lastIndexOf("\n")))}${notice}`;
}
