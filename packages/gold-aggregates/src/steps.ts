/** Words by rising bounds: a value below the first bound that exceeds it has that word, a value below none has the last word. */
export interface Steps<Word> {
  readonly below: ReadonlyArray<readonly [bound: number, word: Word]>;
  readonly otherwise: Word;
}

/** The word of a value. */
export function wordOf<Word>({ below, otherwise }: Steps<Word>, value: number): Word {
  for (const [bound, word] of below) if (value < bound) return word;
  return otherwise;
}
