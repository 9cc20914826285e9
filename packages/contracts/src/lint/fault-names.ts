import type { Fault } from "../contract";

/**
 * Whether an example's name (`pain-level-above-ten`) says the fault that the example has: field, then fault. A name whose
 * ending is none of ours cannot be held against anything.
 */
export function namedFault(name: string, document: unknown, fault: Fault): "yes" | "no" | "unknown ending" {
  const rule = FAULT_NAMES.map(([ending, message, isSuch]) => ({ match: ending.exec(name), message, isSuch })).find(
    ({ match }) => match !== null,
  );
  if (rule?.match == null) return "unknown ending";
  const bound = rule.match.groups?.["bound"];
  const expected = bound === undefined ? rule.message : boundMessage(rule.message, bound);
  const value = valueAt(document, fault.pointer);
  const subject = name.slice(0, rule.match.index).split("-");
  const field = fault.pointer
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[/_]/);
  const isSubject = subject.every((word) => field.some((part) => part.startsWith(word)));
  return isSubject && expected.test(fault.message) && rule.isSuch(value) ? "yes" : "no";
}

/** The endings that a name may have. */
export function endings(): readonly string[] {
  return FAULT_NAMES.map(([ending]) => ending.source.replace("(?<bound>[a-z0-9]+)", "<number>").replace(/\$$/, ""));
}

const any = (): boolean => true;
const TYPE = /^must be (string|integer|number|boolean|array|object)/;

/** How an invalid example's name ends, the words of its fault (N is the number in the name), and what the value is. */
const FAULT_NAMES: readonly (readonly [RegExp, RegExp, (value: unknown) => boolean])[] = [
  [/-missing$/, /^is missing$/, (value) => value === undefined],
  [/-carried$/, /^is not in the contract$/, any],
  [/-null$/, TYPE, (value) => value === null],
  [/-text$/, TYPE, (value) => typeof value === "string"],
  [/-number$/, TYPE, (value) => typeof value === "number"],
  [/-object$/, TYPE, (value) => typeof value === "object" && value !== null],
  [/-fraction$/, /^must be integer/, (value) => typeof value === "number" && !Number.isInteger(value)],
  [/-above-(?<bound>[a-z0-9]+)$/, /^must be <= N$/, any],
  [/-below-(?<bound>[a-z0-9]+)$/, /^must be >= N$/, any],
  [/-negative$/, /^must be >= 0$/, any],
  [/-zero$/, /^must be >= 1$/, (value) => value === 0],
  [/-as-percent$/, /^must be (<= 1|>= -1)$/, any],
  [/-unlisted$/, /^must (be equal to one of the allowed values|match pattern "\^\()/, any],
  [/-lower-case$/, /^must be equal to one of the allowed values$/, (value) => value === String(value).toLowerCase()],
  [/-upper-case$/, /^must match pattern/, (value) => value !== String(value).toLowerCase()],
  [/-empty$/, /^must NOT have fewer than 1 characters$/, (value) => value === ""],
  [/-blank$/, /^must match pattern "\\S"$/, (value) => String(value).trim() === "" && value !== ""],
  [/-twice$/, /^must NOT have duplicate items/, any],
  [/-incomplete$/, /^must match pattern/, any],
  [/-not-first-day$/, /^must match pattern "-01\$"$/, any],
  [/-without-zone$/, /^must be a date-time$/, (value) => !String(value).endsWith("Z")],
  [/-milliseconds$/, /^must be a date-time$/, (value) => /\.\d{3}Z$/.test(String(value))],
  [/-unreadable$/, /^must be a (firestore-timestamp|iso-instant|date|date-time)$/, any],
];

const NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(
  " ",
);

function boundMessage(message: RegExp, bound: string): RegExp {
  const number = NUMBERS.indexOf(bound);
  return new RegExp(message.source.replace("N", String(number === -1 ? Number(bound) : number)));
}

/** The value at a fault's pointer; undefined where the fault is that there is none. */
function valueAt(document: unknown, pointer: string): unknown {
  const names = pointer.split("/").slice(1);
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
}
