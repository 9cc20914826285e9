const PERIOD = { first: 1, last: 5 } as const;
const OVULATION = { first: 14, last: 16 } as const;

/** Whether a day of the cycle is one of the period; unknown without a day. */
export function isDuringPeriod(cycleDay: number | null): boolean | null {
  return cycleDay === null ? null : cycleDay >= PERIOD.first && cycleDay <= PERIOD.last;
}

/** Whether a day of the cycle is one of the ovulation; unknown without a day. */
export function isDuringOvulation(cycleDay: number | null): boolean | null {
  return cycleDay === null ? null : cycleDay >= OVULATION.first && cycleDay <= OVULATION.last;
}
