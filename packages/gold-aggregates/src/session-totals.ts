import {
  addInteger,
  addNumber,
  type KnownIntegers,
  type KnownNumbers,
  mergeIntegers,
  mergeNumbers,
  noIntegers,
  noNumbers,
} from "./known-values";
import type { Session } from "./user-rows";

/** What gold tables tell of a group of sessions, whatever the group. Plain data: it travels between workers. */
export interface SessionTotals {
  sessions: number;
  /** Sessions with finished feedback. */
  feedback: number;
  effective: KnownIntegers;
  adjusted: KnownIntegers;
  /** Over sessions with both scores, as `painAfter`. */
  painBefore: KnownIntegers;
  painAfter: KnownIntegers;
  painReduction: KnownIntegers;
  painReductionPct: KnownNumbers;
  duration: KnownNumbers;
  maxDuration: number | null;
  initialHeat: KnownIntegers;
  initialTens: KnownIntegers;
  finalHeat: KnownIntegers;
  finalTens: KnownIntegers;
}

/** The totals of no session. */
export function noSessions(): SessionTotals {
  return {
    sessions: 0,
    feedback: 0,
    effective: noIntegers(),
    adjusted: noIntegers(),
    painBefore: noIntegers(),
    painAfter: noIntegers(),
    painReduction: noIntegers(),
    painReductionPct: noNumbers(),
    duration: noNumbers(),
    maxDuration: null,
    initialHeat: noIntegers(),
    initialTens: noIntegers(),
    finalHeat: noIntegers(),
    finalTens: noIntegers(),
  };
}

/** Counts a session in. */
export function addSession(totals: SessionTotals, session: Session): void {
  totals.sessions += 1;
  if (session.has_feedback === true) totals.feedback += 1;
  addInteger(totals.effective, session.was_effective);
  addInteger(totals.adjusted, session.user_adjusted);
  // A session that was rated once says nothing about relief: before and after are averaged over the same sessions.
  if (session.pain_before !== null && session.pain_after !== null) {
    addInteger(totals.painBefore, session.pain_before);
    addInteger(totals.painAfter, session.pain_after);
  }
  addInteger(totals.painReduction, session.pain_reduction);
  addNumber(totals.painReductionPct, session.pain_reduction_pct);
  addNumber(totals.duration, session.duration_minutes);
  totals.maxDuration = greater(totals.maxDuration, session.duration_minutes);
  addInteger(totals.initialHeat, session.initial_heat);
  addInteger(totals.initialTens, session.initial_tens);
  addInteger(totals.finalHeat, session.final_heat);
  addInteger(totals.finalTens, session.final_tens);
}

/** Counts the sessions of other totals in, which stay as they are. */
export function mergeSessions(totals: SessionTotals, other: SessionTotals): void {
  totals.sessions += other.sessions;
  totals.feedback += other.feedback;
  mergeIntegers(totals.effective, other.effective);
  mergeIntegers(totals.adjusted, other.adjusted);
  mergeIntegers(totals.painBefore, other.painBefore);
  mergeIntegers(totals.painAfter, other.painAfter);
  mergeIntegers(totals.painReduction, other.painReduction);
  mergeNumbers(totals.painReductionPct, other.painReductionPct);
  mergeNumbers(totals.duration, other.duration);
  totals.maxDuration = greater(totals.maxDuration, other.maxDuration);
  mergeIntegers(totals.initialHeat, other.initialHeat);
  mergeIntegers(totals.initialTens, other.initialTens);
  mergeIntegers(totals.finalHeat, other.finalHeat);
  mergeIntegers(totals.finalTens, other.finalTens);
}

function greater(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
