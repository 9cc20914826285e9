import "./sdk";
import { createHash } from "node:crypto";
import { type Coder, Context, globalRegistry, writeRawBytes } from "apache-beam/coders/coders";
import { GeneralObjectCoder } from "apache-beam/coders/js_coders";
import { KVCoder } from "apache-beam/coders/required_coders";
import type { Coder as CoderProto } from "apache-beam/proto/beam_runner_api";
import { requireForSerialization } from "apache-beam/serialization";
import { withCoderInternal } from "apache-beam/transforms/internal";
import type { Reader, Writer } from "protobufjs";
import type { Keyed } from "./keyed";
import { ByteReader, ByteWriter } from "./row-bytes";
import { RowCodingError, type RowColumn, valueCoding } from "./row-values";
import { type PCollection, type PTransform, withName } from "./sdk";

/** Names the coder in a pipeline's description; its payload is the columns, as JSON. */
export const ROW_CODER_URN = "junoplus:coder:row:v1";

/** The first byte of every row. */
const FORMAT = 1;
const FINGERPRINT_BYTES = 4;

type Row = Readonly<Record<string, unknown>>;

/**
 * Carries rows of known columns as bytes without their names: format, fingerprint of the columns, one bit for each NULLABLE
 * column that is null, values in the order of the columns. Equal rows have equal bytes. A row has exactly its columns, null
 * where it has no value. Bytes written with fewer columns are read when those that came after are NULLABLE; they are null.
 */
export class RowCoder implements Coder<unknown> {
  /** Has the columns and nothing else: steps with side inputs carry the coders of the pipeline before them. */
  constructor(private readonly columns: readonly RowColumn[]) {
    codingOf(columns);
  }

  encode(element: unknown, writer: Writer, context: Context): void {
    const bytes = codingOf(this.columns).encode(element as Row | null);
    if (context === Context.wholeStream) writeRawBytes(bytes, writer);
    else writer.bytes(bytes);
  }

  decode(reader: Reader, context: Context): unknown {
    const coding = codingOf(this.columns);
    if (context !== Context.wholeStream) return coding.decode(reader.bytes());
    const bytes = reader.buf.subarray(reader.pos, reader.len);
    reader.pos = reader.len;
    return coding.decode(bytes);
  }

  toProto(): CoderProto {
    const columns = this.columns.map(({ name, type, mode }) => ({ name, type, mode }));
    // Not a Buffer, which cannot be carried by a step with a side input.
    const payload = new TextEncoder().encode(JSON.stringify(columns));
    return { spec: { urn: ROW_CODER_URN, payload }, componentCoderIds: [] };
  }
}

const codings = new WeakMap<readonly RowColumn[], RowCoding>();

function codingOf(columns: readonly RowColumn[]): RowCoding {
  let coding = codings.get(columns);
  if (coding === undefined) {
    coding = new RowCoding(columns);
    codings.set(columns, coding);
  }
  return coding;
}

/** What is known of columns before the first row comes. */
class RowCoding {
  private readonly columns: readonly CodedColumn[];
  private readonly nullable: number;
  private readonly fingerprint: number;
  /** For the fingerprint of each earlier version of the columns: how many columns it has. */
  private readonly versions: ReadonlyMap<number, number>;
  private readonly bytes = new ByteWriter();

  constructor(private readonly given: readonly RowColumn[]) {
    this.columns = codedColumns(given);
    this.nullable = this.columns.filter(({ isNullable }) => isNullable).length;
    const required = given.findLastIndex(({ mode }) => mode !== "NULLABLE") + 1;
    const counts = given.map((_, index) => index + 1).filter((count) => count >= required);
    this.versions = new Map([...counts.map((count) => [fingerprintOf(given.slice(0, count)), count] as const)]);
    this.fingerprint = fingerprintOf(given);
  }

  encode(row: Row | null): Uint8Array {
    if (typeof row !== "object" || row === null) throw new RowCodingError("an element is no row: it has no columns");
    const { bytes, columns } = this;
    bytes.clear();
    bytes.byte(FORMAT);
    bytes.uint32(this.fingerprint);
    const nulls = bytes.zeros((this.nullable + 7) >> 3);
    for (const { name, isNullable, nullBit, write } of columns) {
      const value = row[name];
      if (value === null && isNullable) bytes.setBit(nulls, nullBit);
      else write(value, bytes);
    }
    // Cheap, and only so that nothing is lost: a field that no column names would not come out.
    let fields = 0;
    for (const _ in row) fields++;
    if (fields !== columns.length) throw new RowCodingError(unknownFields(row, this.given));
    return bytes.copy();
  }

  decode(encoded: Uint8Array): Row {
    const bytes = new ByteReader(encoded);
    const count = this.readVersion(bytes);
    const columns = count === this.columns.length ? this.columns : this.columns.slice(0, count);
    const nullable = columns.at(-1)?.nullableSoFar ?? 0;
    const nulls = bytes.skip((nullable + 7) >> 3);
    const row: Record<string, unknown> = {};
    for (const { name, isNullable, nullBit, read } of columns) {
      row[name] = isNullable && bytes.hasBit(nulls, nullBit) ? null : read(bytes);
    }
    if (!bytes.atEnd) throw new RowCodingError("a row has more bytes than its columns: it was damaged on its way");
    for (const { name } of this.columns.slice(count)) row[name] = null;
    return row;
  }

  /** How many of the columns the bytes were written with. */
  private readVersion(bytes: ByteReader): number {
    const format = bytes.byte();
    if (format !== FORMAT) {
      throw new RowCodingError(`a row is written in format ${format}, and read in format ${FORMAT}: use one version`);
    }
    const fingerprint = bytes.uint32();
    const count = fingerprint === this.fingerprint ? this.columns.length : this.versions.get(fingerprint);
    if (count === undefined) {
      throw new RowCodingError(
        `a row is written with columns ${hex(fingerprint)}, and read with columns ${hex(this.fingerprint)} ` +
          `(${this.given.map(({ name }) => name).join(", ")}): only NULLABLE columns may be added, at the end`,
      );
    }
    return count;
  }
}

interface CodedColumn {
  readonly name: string;
  readonly isNullable: boolean;
  /** The column's place among those that are NULLABLE, and how many there are up to and with it. */
  readonly nullBit: number;
  readonly nullableSoFar: number;
  write(value: unknown, bytes: ByteWriter): void;
  read(bytes: ByteReader): unknown;
}

function codedColumns(given: readonly RowColumn[]): readonly CodedColumn[] {
  const names = new Set<string>();
  let nullableSoFar = 0;
  return given.map((column) => {
    const { name, mode } = column;
    if (names.has(name) || name === "__proto__") throw new RowCodingError(`${name} cannot name a column, or names two`);
    names.add(name);
    const isNullable = mode === "NULLABLE";
    const nullBit = nullableSoFar;
    if (isNullable) nullableSoFar++;
    return { name, isNullable, nullBit, nullableSoFar, ...valueCoding(column) };
  });
}

function fingerprintOf(columns: readonly RowColumn[]): number {
  const text = JSON.stringify(columns.map(({ name, type, mode }) => [name, type, mode]));
  return createHash("sha256").update(text).digest().readUIntBE(0, FINGERPRINT_BYTES);
}

function hex(fingerprint: number): string {
  return fingerprint.toString(16).padStart(2 * FINGERPRINT_BYTES, "0");
}

function unknownFields(row: Row, columns: readonly RowColumn[]): string {
  const names = new Set(columns.map(({ name }) => name));
  const unknown = Object.keys(row).filter((field) => !names.has(field));
  return `a row has fields that no column names: ${unknown.join(", ")}`;
}

globalRegistry().registerConstructor(
  ROW_CODER_URN,
  (columns) => new RowCoder(JSON.parse(Buffer.from(columns as Uint8Array).toString("utf8")) as RowColumn[]),
);

/** The same rows, carried by their columns from here to the next step that runs elsewhere. */
export function withRows<R extends object>(columns: readonly RowColumn[]): PTransform<PCollection<R>, PCollection<R>> {
  return withName("withRows", (rows: PCollection<R>) =>
    rows.apply(withCoderInternal(new RowCoder(columns) as Coder<R>)),
  );
}

/** The same keyed rows, carried by their columns when they are grouped. */
export function withKeyedRows<R extends object>(
  columns: readonly RowColumn[],
): PTransform<PCollection<Keyed<R>>, PCollection<Keyed<R>>> {
  const coder = new KVCoder(new GeneralObjectCoder<string>(), new RowCoder(columns) as Coder<R>);
  return withName("withKeyedRows", (rows: PCollection<Keyed<R>>) =>
    rows.apply(withCoderInternal(coder as unknown as Coder<Keyed<R>>)),
  );
}

requireForSerialization("@junoplus/beam-runtime/row-coder", exports);
