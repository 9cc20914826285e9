import { joinLabels, type Labels, NO_LABELS, union } from "./abstract-value";

/**
 * Code that runs, or runs in an order, by what some fields say. What is older than the region and written in it is decided
 * by them; what is made in it ends with it, or is handed to something older.
 */
export interface Region {
  readonly born: number;
  readonly labels: Labels;
}

/** What decides a write to something that is as old: the regions that it is older than. */
export function labelsAround(regions: readonly Region[], born: number): Labels {
  return joinLabels(regions.filter((region) => born <= region.born).map(({ labels }) => labels));
}

/** Each region once; a loop that is left early would pile them up. */
export function distinctRegions(regions: readonly Region[]): readonly Region[] {
  const byBirth = new Map<number, Labels>();
  for (const { born, labels } of regions) byBirth.set(born, union(byBirth.get(born) ?? NO_LABELS, labels));
  return [...byBirth].map(([born, labels]) => ({ born, labels }));
}
