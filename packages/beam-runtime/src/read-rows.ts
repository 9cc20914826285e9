import { requireForSerialization } from "apache-beam/serialization";
import { type FileRange, linesOfRanges, spreadRanges } from "./file-ranges";
import type { Grouped } from "./keyed";
import { type PCollection, type PTransform, withName } from "./sdk";

/** The rows of NDJSON files, given by their byte ranges; `name` tells the step. A line that is no JSON fails the run: the files are our own. */
export function readRows<Row>(name: string): PTransform<PCollection<FileRange>, PCollection<Row>> {
  return withName(`readRows(${name})`, (ranges: PCollection<FileRange>) =>
    ranges.apply(spreadRanges()).flatMap(withName("rowsOfRanges", rowsOfRanges<Row>)),
  );
}

/** Worker function: the rows of a group of ranges. */
export function* rowsOfRanges<Row>(ranges: Grouped<FileRange>): Generator<Row> {
  for (const line of linesOfRanges(ranges)) yield JSON.parse(line) as Row;
}

requireForSerialization("@junoplus/beam-runtime/read-rows", exports);
