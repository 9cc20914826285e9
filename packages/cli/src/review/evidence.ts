/** Stand-ins until the branches are merged. */
export interface PointerReplay {
  readonly pointer: string;
  readonly rule: string;
  readonly newlyFailing: number;
  readonly newlyPassing: number;
  readonly keys: readonly string[];
}
export interface ContractReplay {
  readonly contract: string;
  readonly documents: number;
  readonly newlyFailing: number;
  readonly newlyPassing: number;
  readonly failingBoth: number;
  readonly readOtherwise: number;
  readonly byPointer: readonly PointerReplay[];
}
export interface FieldUse {
  readonly contract: string;
  readonly pointer: string;
  readonly reader: { readonly kind: "column" | "check" | "view" | "step"; readonly name: string };
  readonly file: string;
  readonly line: number;
}
