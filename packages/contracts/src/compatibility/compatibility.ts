import { type Difference, type Verdict, verdictOf } from "./difference";
import { differences } from "./differences";

/** A contract held against one older version of it. */
export interface VersionComparison<Contract extends object> {
  readonly before: Contract;
  readonly differences: readonly Difference[];
  readonly backward: Verdict;
  readonly forward: Verdict;
}

/** A contract held against all older versions of it. */
export interface Compatibility<Contract extends object> {
  readonly versions: readonly VersionComparison<Contract>[];
  /** The worst over all versions: today's code reads all history, so a break with any of them is a break. */
  readonly backward: Verdict;
  readonly forward: Verdict;
}

/** Transitive: a field that went and comes back as another type breaks with the version that had it, not with the last. */
export function compatibility<Contract extends object>(
  before: readonly Contract[],
  after: Contract,
): Compatibility<Contract> {
  const versions = before.map((older) => {
    const found = differences(older, after);
    return {
      before: older,
      differences: found,
      backward: verdictOf(found, "backward"),
      forward: verdictOf(found, "forward"),
    };
  });
  const all = versions.flatMap((version) => version.differences);
  return { versions, backward: verdictOf(all, "backward"), forward: verdictOf(all, "forward") };
}
