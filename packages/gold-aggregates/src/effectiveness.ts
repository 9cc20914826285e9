import type { UserAnalyticsV1 } from "@junoplus/contracts";
import { type Steps, wordOf } from "./steps";

type Effectiveness = NonNullable<UserAnalyticsV1["effectiveness_category"]>;

const BY_RELIEF: Steps<Effectiveness> = {
  below: [
    [0.3, "Low Effectiveness"],
    [0.5, "Moderately Effective"],
    [0.7, "Effective"],
  ],
  otherwise: "Highly Effective",
};

const BY_RATE: Steps<Effectiveness> = {
  below: [
    [0.4, "Low Effectiveness"],
    [0.6, "Moderately Effective"],
    [0.8, "Effective"],
  ],
  otherwise: "Highly Effective",
};

/** Effectiveness by the average share of pain that went; unknown is in no category. */
export function effectivenessByRelief(avgPainReductionPct: number | null): Effectiveness | null {
  return avgPainReductionPct === null ? null : wordOf(BY_RELIEF, avgPainReductionPct);
}

/** Effectiveness by the share of rated sessions that were effective; unknown is in no category. */
export function effectivenessByRate(effectivenessRate: number | null): Effectiveness | null {
  return effectivenessRate === null ? null : wordOf(BY_RATE, effectivenessRate);
}
