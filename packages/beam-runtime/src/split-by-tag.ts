import { type PCollection, type PTransform, split, withName } from "./sdk";

/** One of several outputs of a step: exactly one tag is set. */
export type Tagged<Outputs> = { readonly [Tag in keyof Outputs]: { readonly [_ in Tag]: Outputs[Tag] } }[keyof Outputs];

/** A collection for each tag. */
export type Split<Outputs> = { readonly [Tag in keyof Outputs]: PCollection<Outputs[Tag]> };

/** Splits a collection of tagged elements `{tag: value}` into one collection a tag; an element with a tag not named fails the run. */
export function splitByTag<Outputs extends Record<string, unknown>>(
  ...tags: readonly (keyof Outputs & string)[]
): PTransform<PCollection<Tagged<Outputs>>, Split<Outputs>> {
  return withName(`split(${tags.join("|")})`, (input: PCollection<Tagged<Outputs>>) =>
    // The SDK types a split element as having all tags; it has one.
    (input as unknown as PCollection<Outputs>).apply(split([...tags], { exclusive: true })),
  ) as unknown as PTransform<PCollection<Tagged<Outputs>>, Split<Outputs>>;
}
