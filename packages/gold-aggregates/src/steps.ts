/** Words by rising bounds: a value has the word of the first bound above it; beyond the last bound, the other word. */
export interface Steps<Word> {
  readonly below: ReadonlyArray<readonly [bound: number, word: Word]>;
  readonly otherwise: Word;
}

/** The word of a value. */
export function wordOf<Word>({ below, otherwise }: Steps<Word>, value: number): Word {
  for (const [bound, word] of below) if (value < bound) return word;
  return otherwise;
}
