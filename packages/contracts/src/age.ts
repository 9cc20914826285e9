/** Whole years from a birthday to a day (both `YYYY-MM-DD`), by the UTC calendar; null when born after that day. */
export function wholeYears(birthday: string, day: string): number | null {
  const years = Number(day.slice(0, 4)) - Number(birthday.slice(0, 4)) - (day.slice(5) < birthday.slice(5) ? 1 : 0);
  return years < 0 ? null : years;
}

/** Ages below the bound; the last one has none. */
const AGE_GROUPS = [
  [18, "Under 18"],
  [25, "18-24"],
  [35, "25-34"],
  [45, "35-44"],
  [55, "45-54"],
  [Number.POSITIVE_INFINITY, "55+"],
] as const;

export type AgeGroup = (typeof AGE_GROUPS)[number][1];

/** The group of an age in whole years. Silver and gold group alike, so the rule stands where both can read it. */
export function ageGroup(age: number | null): AgeGroup | null {
  return age === null ? null : (AGE_GROUPS.find(([below]) => age < below)?.[1] ?? null);
}
