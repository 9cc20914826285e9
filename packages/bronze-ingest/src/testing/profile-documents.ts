import { DAY, dateText, dayOf, type FirestoreTimestamp, firestoreTimestamp, MINUTE, SECOND } from "./instants";
import { commitDelay, cycleDay, type Person, someTime } from "./person";
import { type PlannedChange, planned } from "./planned-change";
import type { SeededRandom } from "./seeded-random";

/** The profile document of one user, as it stands. */
export interface Profile {
  readonly uid?: string;
  /** What older clients wrote instead of uid. */
  readonly userId?: string;
  readonly userEmail: string;
  readonly userName: string;
  readonly dateOfBirth: FirestoreTimestamp;
  readonly signUpTimeStamp: FirestoreTimestamp;
  isOnboarded: boolean;
  healthData?: { cycleLength: number; periodLength: number; lastPeriodDate: FirestoreTimestamp | string };
}

/** A profile at sign-up. */
export function newProfile(random: SeededRandom, person: Person): Profile {
  return {
    ...(random.chance(0.03) ? { userId: person.uid } : { uid: person.uid }),
    userEmail: person.email,
    userName: person.name,
    dateOfBirth: person.born,
    signUpTimeStamp: firestoreTimestamp(person.joinedAt),
    isOnboarded: false,
  };
}

/** Sign-up and, minutes later, the answers to the first questions. */
export function signUp(random: SeededRandom, person: Person, profile: Profile): PlannedChange[] {
  const created = planned("CREATE", person.joinedAt + commitDelay(random), profile);
  const onboardedAt = person.joinedAt + someTime(random, 30 * SECOND, 20 * MINUTE);
  onboard(random, person, profile, onboardedAt);
  return [created, planned("UPDATE", onboardedAt + commitDelay(random), profile)];
}

/** A profile that was there before the export. */
export function importedProfile(random: SeededRandom, person: Person, profile: Profile, at: number): PlannedChange {
  onboard(random, person, profile, at);
  return planned("IMPORT", at, profile);
}

/** The next period begins, and sometimes the cycle is another. */
export function nextProfile(random: SeededRandom, person: Person, profile: Profile, at: number): PlannedChange {
  const { cycleLength = person.cycleLength, periodLength = person.periodLength } = profile.healthData ?? {};
  profile.healthData = {
    cycleLength: random.chance(0.3) ? random.integer(24, 34) : cycleLength,
    periodLength,
    lastPeriodDate: lastPeriod(random, person, at),
  };
  return planned("UPDATE", at + commitDelay(random), profile);
}

function onboard(random: SeededRandom, person: Person, profile: Profile, at: number): void {
  const { cycleLength, periodLength } = person;
  profile.isOnboarded = true;
  profile.healthData = { cycleLength, periodLength, lastPeriodDate: lastPeriod(random, person, at) };
}

function lastPeriod(random: SeededRandom, person: Person, at: number): FirestoreTimestamp | string {
  const day = dayOf(at) - cycleDay(person, dayOf(at)) + 1;
  return random.chance(0.08) ? dateText(day) : firestoreTimestamp(day * DAY);
}
