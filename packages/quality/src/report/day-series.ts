import { epochDay } from "@junoplus/contracts";

/** The sessions of one day. */
export interface DayCount {
  readonly day: string;
  readonly count: number;
}

/** A day: its sessions, and the mean of the seven days that end with it (null before there are seven). */
export interface SeriesDay extends DayCount {
  readonly mean: number | null;
}

const WEEK = 7;

/** Every day from the first to the last, those without sessions as 0. Takes days in order. */
export function daySeries(counts: readonly DayCount[]): SeriesDay[] {
  const first = counts[0];
  const last = counts.at(-1);
  if (first === undefined || last === undefined) return [];
  const known = new Map(counts.map(({ day, count }) => [day, count]));
  const series: SeriesDay[] = [];
  let week = 0;
  for (let number = epochDay(first.day); number <= epochDay(last.day); number++) {
    const count = known.get(dayText(number)) ?? 0;
    week += count - (series[series.length - WEEK]?.count ?? 0);
    series.push({ day: dayText(number), count, mean: series.length + 1 < WEEK ? null : week / WEEK });
  }
  return series;
}

function dayText(number: number): string {
  return new Date(number * 86_400_000).toISOString().slice(0, 10);
}
