import fc from "fast-check";
import { medication, profile, type SilverRows, session, snapshot } from "./silver-rows";

// Few of everything, so that rows meet: equal instants, days, users and keys are the rule. The texts are in another
// order in UTF-8 bytes than in UTF-16 units.
const USERS = ["u1", "\uE000", "\u{1F600}"];
const TEXTS = fc.constantFrom("a", "b", "z", "\uE000", "\uFFFD", "\u{10000}", "\u{1F600}");
const DAYS = fc.constantFrom("1969-12-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-05-31", "2025-01-01");
const TIMES = fc.constantFrom(
  "00:00:00.000000",
  "05:59:59.999999",
  "06:00:00.000000",
  "12:00:00.000000",
  "18:00:00.000001",
  "22:00:00.000000",
);
const INSTANTS = fc.tuple(DAYS, TIMES).map(([day, time]) => `${day}T${time}Z`);
// Sums of these differ with the order of adding, unless they are exact.
const DURATIONS = fc.constantFrom(0, 1, 20, 35, -5, 2 ** 53, -(2 ** 53));

/** Any rows of silver for some users, up to two dozen of each table, keys unique as silver promises. */
export function arbitrarySilver(users: readonly string[] = USERS): fc.Arbitrary<SilverRows> {
  const user = fc.constantFrom(...users);
  return fc.record({
    sessions: fc.uniqueArray(arbitrarySession(user), {
      selector: ({ user_id, session_id }) => JSON.stringify([user_id, session_id]),
      maxLength: 24,
    }),
    profiles: fc.uniqueArray(arbitraryProfile(user), { selector: ({ user_id }) => user_id }),
    medications: fc.uniqueArray(arbitraryMedication(user), {
      selector: ({ user_id, medication_key, valid_from }) => JSON.stringify([user_id, medication_key, valid_from]),
      maxLength: 16,
    }),
    periodTracking: fc.uniqueArray(arbitrarySnapshot(user), {
      selector: ({ user_id, date }) => JSON.stringify([user_id, date]),
    }),
  });
}

/** The same rows in another order. */
export function shuffled(rows: SilverRows): fc.Arbitrary<SilverRows> {
  return fc.record({
    sessions: shuffledArray(rows.sessions),
    profiles: shuffledArray(rows.profiles),
    medications: shuffledArray(rows.medications),
    periodTracking: shuffledArray(rows.periodTracking),
  });
}

/** The same elements in another order. */
export function shuffledArray<T>(elements: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...elements], { minLength: elements.length });
}

function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(arbitrary, { nil: null, freq: 4 });
}

function arbitrarySession(user: fc.Arbitrary<string>): fc.Arbitrary<SilverRows["sessions"][number]> {
  const known = fc.record({
    user_id: user,
    start_time: maybe(INSTANTS),
    device_name: maybe(fc.constantFrom("Juno", "null", '","')),
    duration_minutes: maybe(DURATIONS),
    initial_heat: maybe(fc.nat(3)),
    initial_tens: maybe(fc.nat(10)),
    final_heat: maybe(fc.nat(3)),
    final_mode: maybe(fc.nat(3)),
    final_tens: maybe(fc.nat(10)),
    pain_before: maybe(fc.nat(10)),
    pain_after: maybe(fc.nat(10)),
    has_feedback: maybe(fc.boolean()),
    user_adjusted: maybe(fc.boolean()),
  });
  return fc.tuple(TEXTS, TEXTS, known).map(([id, more, columns]) => session(id + more, columns));
}

function arbitraryProfile(user: fc.Arbitrary<string>): fc.Arbitrary<SilverRows["profiles"][number]> {
  const known = fc.record({
    date_of_birth: maybe(fc.constantFrom("1924-02-29", "2006-02-28", "2006-03-01", "2025-01-01")),
    cycle_length: maybe(fc.constantFrom(15, 60)),
    period_length: maybe(fc.constantFrom(1, 15)),
    age: maybe(fc.constantFrom(19)),
  });
  return fc.tuple(user, known).map(([user_id, columns]) => profile(user_id, columns));
}

function arbitraryMedication(user: fc.Arbitrary<string>): fc.Arbitrary<SilverRows["medications"][number]> {
  const known = fc.record({ user_id: user, start_date: maybe(DAYS) });
  return fc
    .tuple(TEXTS, INSTANTS, maybe(INSTANTS), known)
    .map(([key, from, to, columns]) =>
      medication(key, from, { ...columns, valid_to: to !== null && to > from ? to : null }),
    );
}

function arbitrarySnapshot(user: fc.Arbitrary<string>): fc.Arbitrary<SilverRows["periodTracking"][number]> {
  const known = fc.record({
    user_id: user,
    cycle_day: maybe(fc.integer({ min: -1, max: 20 })),
    flow_intensity: maybe(fc.nat(5)),
    pain_level: maybe(fc.nat(10)),
    high_pain_day: maybe(fc.boolean()),
  });
  return fc.tuple(DAYS, known).map(([date, columns]) => snapshot(date, columns));
}
