/** One thing that is wrong with a contract's folder: where, what, and what to do. */
export interface ContractFault {
  /** Relative to the package. */
  readonly file: string;
  /** JSON pointer into that file; "" is the whole. */
  readonly pointer: string;
  readonly message: string;
}
