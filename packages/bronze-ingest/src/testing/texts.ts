import type { SeededRandom } from "./seeded-random";

const NOTES = ["long walk", "slept badly", "used device twice"] as const;

// The first begins with a dotless i and a combining diaeresis; the emoji of the last is joined of three code points.
const WORLDLY_NOTES = [
  "na\u0131\u0308ve ñandú 💊",
  "très fatiguée… ☕️",
  'Ćma & "quoted" \\ back\nnew line',
  "痛みが少し減った 😊",
  "İstanbul 🩸🩸",
  "Schmerz ließ nach – gut! 🌸",
  "كان الألم خفيفًا",
  "ok 👩🏽‍⚕️ zusammen\u200d",
] as const;

/** A note in another script, with emoji, quotes or line ends. */
export function noteText(random: SeededRandom): string {
  return random.pick(WORLDLY_NOTES);
}

/** The note of a day: mostly none. */
export function dayNote(random: SeededRandom): string {
  if (random.chance(0.68)) return "";
  return random.chance(0.06) ? noteText(random) : random.pick(NOTES);
}
