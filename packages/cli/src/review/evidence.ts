/** Stand-in until the branch is merged. */
export interface FieldUse {
  readonly contract: string;
  readonly pointer: string;
  readonly reader: { readonly kind: "column" | "check" | "view" | "step"; readonly name: string };
  readonly file: string;
  readonly line: number;
}
