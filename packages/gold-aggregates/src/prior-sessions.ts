import { epochDay, type SilverTherapySessions } from "@junoplus/contracts";

/** The sessions of a user that started before a session. */
export interface PriorSessions {
  readonly count: number;
  /** UTC days from the day of the latest of them; null when there is none. */
  readonly daysSinceLast: number | null;
  /** Over those with both scores; null when there is none. */
  readonly avgPainReduction: number | null;
}

type PastSession = Pick<SilverTherapySessions, "start_time" | "session_date" | "pain_reduction">;

/** Walks the sessions of one user, given in the order of `compareSessions`, and tells what lay before each. */
export class PriorSessionsWalk {
  private count = 0;
  private lastDate: string | null = null;
  private scored = 0;
  private painReduction = 0;
  /** Sessions that started at the instant of the current one: not before it, but before all later ones. */
  private simultaneous: PastSession[] = [];

  /** What lay before the next session; null when its start time is unknown. */
  next(session: PastSession): PriorSessions | null {
    if (session.start_time === null) return null;
    if (session.start_time !== this.simultaneous[0]?.start_time) {
      for (const past of this.simultaneous) this.add(past);
      this.simultaneous = [];
    }
    this.simultaneous.push(session);
    return {
      count: this.count,
      daysSinceLast: daysBetween(this.lastDate, session.session_date),
      avgPainReduction: this.scored === 0 ? null : this.painReduction / this.scored,
    };
  }

  private add({ session_date, pain_reduction }: PastSession): void {
    this.count += 1;
    this.lastDate = session_date;
    if (pain_reduction === null) return;
    this.scored += 1;
    this.painReduction += pain_reduction;
  }
}

function daysBetween(first: string | null, last: string | null): number | null {
  return first === null || last === null ? null : epochDay(last) - epochDay(first);
}
