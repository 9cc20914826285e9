import { constraint, difference, fromTo, type Rule } from "./rule";

const LOWER = { minimum: "minimum", minLength: "min_length", minItems: "min_items" } as const;
const UPPER = { maximum: "maximum", maxLength: "max_length", maxItems: "max_items" } as const;

/** Bounds of numbers, lengths and counts: a lower one that rises and an upper one that falls narrow. */
export const boundRules: readonly Rule[] = [
  ...Object.entries(LOWER).map(([keyword, kind]) => boundRule(keyword, kind, (before, after) => after > before)),
  ...Object.entries(UPPER).map(([keyword, kind]) => boundRule(keyword, kind, (before, after) => after < before)),
];

function boundRule(
  keyword: string,
  kind: (typeof LOWER)[keyof typeof LOWER] | (typeof UPPER)[keyof typeof UPPER],
  narrows: (before: number, after: number) => boolean,
): Rule {
  const kinds = { added: `${kind}_added`, removed: `${kind}_removed` } as const;
  return constraint(keyword, keyword, kinds, (before, after, pointer) => {
    const [old, now] = [before as number, after as number];
    const change = `${keyword} from ${fromTo(old, now)}`;
    const moved = now > old ? (`${kind}_raised` as const) : (`${kind}_lowered` as const);
    return narrows(old, now)
      ? [
          difference(
            moved,
            pointer,
            `${change}: values that were valid are refused. Keep the bound, or raise the major version.`,
            "breaks",
            "holds",
          ),
        ]
      : [
          difference(
            moved,
            pointer,
            `${change}: values that were refused are valid. Whoever reads them has to expect them.`,
            "holds",
            "breaks",
          ),
        ];
  });
}
