import { dayOf, epochDay, type MlTrainingBaseV2 } from "@junoplus/contracts";
import { type Steps, wordOf } from "./steps";

type TimeOfDay = NonNullable<MlTrainingBaseV2["time_of_day"]>;

/** What the UTC clock and calendar say at the start of a session. */
export interface StartClock {
  readonly hourOfDay: number;
  /** 1 Sunday to 7 Saturday. */
  readonly dayOfWeek: number;
  readonly timeOfDay: TimeOfDay;
}

const TIMES_OF_DAY: Steps<TimeOfDay> = {
  below: [
    [6, "night"],
    [12, "morning"],
    [18, "afternoon"],
    [22, "evening"],
  ],
  otherwise: "night",
};

const DAYS_A_WEEK = 7;
// Day 0 of the epoch, 1970-01-01, was a Thursday: four days after a Sunday.
const EPOCH_DAYS_SINCE_SUNDAY = 4;

/** The time of day of a UTC hour, 0 to 23. */
export function timeOfDay(hour: number): TimeOfDay {
  return wordOf(TIMES_OF_DAY, hour);
}

/** Clock and calendar of a start time; null when it is unknown. */
export function startClock(startTime: string | null): StartClock | null {
  if (startTime === null) return null;
  const hourOfDay = Number(startTime.slice(11, 13));
  return { hourOfDay, dayOfWeek: dayOfWeek(dayOf(startTime)), timeOfDay: timeOfDay(hourOfDay) };
}

function dayOfWeek(day: string): number {
  const sinceSunday = (epochDay(day) + EPOCH_DAYS_SINCE_SUNDAY) % DAYS_A_WEEK;
  // Days before the epoch have a negative remainder.
  return ((sinceSunday + DAYS_A_WEEK) % DAYS_A_WEEK) + 1;
}
