import type { MlTrainingBaseV2 } from "@junoplus/contracts";
import { type Steps, wordOf } from "./steps";

type AgeGroup = NonNullable<MlTrainingBaseV2["age_group"]>;

const AGE_GROUPS: Steps<AgeGroup> = {
  below: [
    [18, "Under 18"],
    [25, "18-24"],
    [35, "25-34"],
    [45, "35-44"],
    [55, "45-54"],
  ],
  otherwise: "55+",
};

/** The group of an age in whole years; an unknown age is in none. */
export function ageGroup(age: number | null): AgeGroup | null {
  return age === null ? null : wordOf(AGE_GROUPS, age);
}
