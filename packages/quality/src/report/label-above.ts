import { ink } from "./palette";

/** An axis label that stands above its bar, so that a long name takes no width from the plot. */
export function labelAbove(pixels: number) {
  return {
    inside: true,
    interval: 0,
    margin: 0,
    formatter: (text: string) => `{above|${text}}`,
    // Padding counts in rich text only; it is centred, so half of it lifts.
    rich: { above: { color: ink("text"), fontSize: 13, padding: [0, 0, 2 * pixels, 0] } },
  };
}
