import type { SeededRandom } from "./seeded-random";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const PAIRS = [...ALPHABET].flatMap((first) => [...ALPHABET].map((second) => first + second));
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Id of a document as Firestore makes it. */
export function documentId(random: SeededRandom): string {
  return pairs(random, 10);
}

/** Id of a user as Firebase Authentication makes it. */
export function userId(random: SeededRandom): string {
  return pairs(random, 14);
}

/** Id of a change event: a version 4 UUID. */
export function eventId(random: SeededRandom): string {
  const version = (random.bits() & 0xffff0fff) | 0x4000;
  const variant = (random.bits() & 0x3fffffff) | 0x80000000;
  return `${hex(random.bits())}-${hex(version, 2)}-${hex(variant, 2)}${hex(random.bits())}`;
}

/** Id of a wearable. */
export function deviceId(random: SeededRandom): string {
  return `JN-${hex(random.bits()).slice(0, 6).toUpperCase()}`;
}

function pairs(random: SeededRandom, count: number): string {
  let id = "";
  for (let i = 0; i < count; i++) id += PAIRS[random.bits() % PAIRS.length];
  return id;
}

/** 32 bits as eight hexadecimal digits, with a dash after so many bytes. */
function hex(bits: number, dashAfter = 4): string {
  let digits = "";
  for (let i = 0; i < 4; i++) {
    if (i === dashAfter) digits += "-";
    digits += BYTES[(bits >>> (24 - 8 * i)) & 0xff];
  }
  return digits;
}
