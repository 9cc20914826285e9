/** Half of UTF-16 alone: UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Bytes of one row after the other, in one buffer that grows. Numbers are little-endian. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(1024);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  copy(): Uint8Array {
    return Buffer.from(this.buffer.subarray(0, this.length));
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.buffer.writeUInt32LE(value, this.length);
  }

  /** All NaN have the same bytes. */
  float64(value: number): void {
    this.reserve(8);
    this.length = this.buffer.writeDoubleLE(Number.isNaN(value) ? Number.NaN : value, this.length);
  }

  /** That many zero bytes; gives where they are. */
  zeros(count: number): number {
    this.reserve(count);
    const from = this.length;
    this.length += count;
    this.buffer.fill(0, from, this.length);
    return from;
  }

  setBit(from: number, bit: number): void {
    const index = from + (bit >> 3);
    this.buffer[index] = (this.buffer[index] ?? 0) | (1 << (bit & 7));
  }

  /** A whole number from 0 up to 2^53 - 1, in 7 bits a byte. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 2 ** 31) {
      this.buffer[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    for (; rest > 127; rest >>>= 7) this.buffer[this.length++] = (rest & 127) | 128;
    this.buffer[this.length++] = rest;
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** UTF-8, or UTF-16 where that would lose half of a character. */
  text(value: string): void {
    if (LONE_SURROGATE.test(value)) this.encodedText(value, "utf16le", 1);
    else this.encodedText(value, "utf8", 0);
  }

  private encodedText(value: string, encoding: "utf8" | "utf16le", flag: 0 | 1): void {
    const length = Buffer.byteLength(value, encoding);
    this.varint(2 * length + flag);
    this.reserve(length);
    this.buffer.write(value, this.length, encoding);
    this.length += length;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + count));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

/** Reads what `ByteWriter` wrote; a RangeError where the bytes end too early. */
export class ByteReader {
  private readonly buffer: Buffer;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.position === this.buffer.length;
  }

  byte(): number {
    return this.buffer[this.skip(1)] as number;
  }

  uint32(): number {
    return this.buffer.readUInt32LE(this.skip(4));
  }

  float64(): number {
    return this.buffer.readDoubleLE(this.skip(8));
  }

  hasBit(from: number, bit: number): boolean {
    return (((this.buffer[from + (bit >> 3)] as number) >> (bit & 7)) & 1) === 1;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  bytes(): Uint8Array {
    const length = this.varint();
    const from = this.skip(length);
    return new Uint8Array(this.buffer.subarray(from, from + length));
  }

  text(): string {
    const header = this.varint();
    const flag = header % 2;
    const length = (header - flag) / 2;
    const from = this.skip(length);
    return this.buffer.toString(flag === 1 ? "utf16le" : "utf8", from, from + length);
  }

  /** Passes over that many bytes; gives where they begin. */
  skip(count: number): number {
    const from = this.position;
    this.position += count;
    if (this.position > this.buffer.length) throw new RangeError("a row ends within a value: it was cut on its way");
    return from;
  }
}
