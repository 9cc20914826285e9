import type { SilverTherapySessions } from "@junoplus/contracts";

/** Which firsts of its user a session is; summed over the sessions of a day they count users, each once. */
export interface FirstSession {
  /** First session of the user on its day. */
  readonly ofDay: boolean;
  /** First session of the user on any day. */
  readonly ever: boolean;
  /** First effective session of the user on its day. */
  readonly effectiveOfDay: boolean;
}

type DaySession = Pick<SilverTherapySessions, "session_date" | "was_effective">;

const NO_FIRST: FirstSession = { ofDay: false, ever: false, effectiveOfDay: false };

/** Walks the sessions of one user, given in the order of `compareSessions`, and tells which firsts each is. */
export class FirstSessionsWalk {
  private date: string | null = null;
  private hasEffective = false;

  /** The firsts that the next session is; none when its day is unknown. */
  next({ session_date, was_effective }: DaySession): FirstSession {
    if (session_date === null) return NO_FIRST;
    const ever = this.date === null;
    const ofDay = session_date !== this.date;
    if (ofDay) {
      this.date = session_date;
      this.hasEffective = false;
    }
    const effectiveOfDay = was_effective === true && !this.hasEffective;
    if (effectiveOfDay) this.hasEffective = true;
    return ofDay || effectiveOfDay ? { ofDay, ever, effectiveOfDay } : NO_FIRST;
  }
}
