import { number, type ProgressSink } from "../progress";

/** Tells on stderr what is read, and how far. */
export interface ReconcileProgress {
  /** So many rows of a silver table were read. */
  rows(table: string, count: number): void;
  /** So many documents of a collection were read. */
  documents(collection: string, count: number): void;
  warn(message: string): void;
  done(): void;
}

/** One line that renews itself on a terminal, one line for each table and collection elsewhere. */
export function reconcileProgress(sink: ProgressSink): ReconcileProgress {
  let current = "";
  const clear = (): void => {
    if (sink.isTTY === true && current !== "") sink.write("\r\u001b[2K");
  };
  const tell = (what: string, count: string): void => {
    clear();
    if (sink.isTTY === true) sink.write(`reading ${what}: ${count}`);
    else if (what !== current) sink.write(`reading ${what}\n`);
    current = what;
  };
  return {
    rows: (table, count) => tell(table, `${number(count)} rows`),
    documents: (collection, count) => tell(collection, `${number(count)} documents`),
    warn(message) {
      clear();
      sink.write(`warning: ${message}\n`);
    },
    done() {
      clear();
      current = "";
    },
  };
}
