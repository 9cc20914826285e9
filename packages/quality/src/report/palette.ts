/** Colours by what they mean, light and dark; `on-x` is text on `x`. The test holds them against WCAG AA. */
export const PALETTE = {
  light: {
    surface: "#ffffff",
    sunken: "#f4f5f7",
    text: "#1b1f27",
    muted: "#5a6270",
    line: "#dfe2e8",
    strong: "#1d5fd1",
    quiet: "#7592c6",
    good: "#1a6b3a",
    "good-back": "#e6f4ea",
    warn: "#7d5000",
    "warn-back": "#fdf1d8",
    bad: "#b3261e",
    "bad-back": "#fdeceb",
    live: "#1d5fd1",
    "on-live": "#ffffff",
    superseded: "#7592c6",
    "on-superseded": "#0b1526",
    deleted: "#565d6b",
    "on-deleted": "#ffffff",
    duplicates: "#ab8417",
    "on-duplicates": "#140f00",
    rejected: "#c5362c",
    "on-rejected": "#ffffff",
  },
  dark: {
    surface: "#15181e",
    sunken: "#1e222a",
    text: "#e8eaee",
    muted: "#a3abb8",
    line: "#343a45",
    strong: "#8ab6ff",
    quiet: "#56719f",
    good: "#7fd69b",
    "good-back": "#16301f",
    warn: "#f0bd5b",
    "warn-back": "#372a10",
    bad: "#ff9d94",
    "bad-back": "#421c1a",
    live: "#8ab6ff",
    "on-live": "#0c1626",
    superseded: "#56719f",
    "on-superseded": "#ffffff",
    deleted: "#9aa2b0",
    "on-deleted": "#14171c",
    duplicates: "#d6b444",
    "on-duplicates": "#231a00",
    rejected: "#f0746a",
    "on-rejected": "#2a0705",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Ink = keyof (typeof PALETTE)["light"];

/** A colour of the palette, for style sheet and charts alike: light or dark is the reader's choice. */
export function ink(name: Ink): string {
  return `var(--${name})`;
}
