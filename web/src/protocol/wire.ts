/** The encoding's primitives: little-endian integers and texts with their length in front. */
import { ProtocolError } from "./bounds.ts";

export const utf8 = new TextEncoder();

/** Writes a message of a size known beforehand. */
export class Writer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private at = 0;

  constructor(type: number, size: number) {
    this.bytes = new Uint8Array(1 + size);
    this.view = new DataView(this.bytes.buffer);
    this.u8(type);
  }

  u8(value: number): this {
    this.view.setUint8(this.at, value);
    this.at += 1;
    return this;
  }

  u16(value: number): this {
    this.view.setUint16(this.at, value, true);
    this.at += 2;
    return this;
  }

  i16(value: number): this {
    this.view.setInt16(this.at, value, true);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.view.setUint32(this.at, value, true);
    this.at += 4;
    return this;
  }

  /** A whole number of microseconds below 2^53. */
  u64(value: number): this {
    this.view.setUint32(this.at, value % 0x1_0000_0000, true);
    this.view.setUint32(this.at + 4, Math.floor(value / 0x1_0000_0000), true);
    this.at += 8;
    return this;
  }

  str16(encoded: Uint8Array): this {
    this.u16(encoded.length);
    this.bytes.set(encoded, this.at);
    this.at += encoded.length;
    return this;
  }
}

export function encodeText(text: string): Uint8Array {
  const encoded = utf8.encode(text);
  if (encoded.length > 0xffff) {
    throw new ProtocolError("a text is too long for a message");
  }
  return encoded;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a message's fields in order and refuses to read past its end. */
export class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private take(size: number): number {
    const at = this.at;
    if (size > this.bytes.length - at) {
      throw new ProtocolError("a message is too short");
    }
    this.at = at + size;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  u64(): number {
    const at = this.take(8);
    return this.view.getUint32(at + 4, true) * 0x1_0000_0000 + this.view.getUint32(at, true);
  }

  /** A view of the message's own bytes: not a copy. */
  raw(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size);
  }

  str16(): string {
    const encoded = this.raw(this.u16());
    try {
      return strictUtf8.decode(encoded);
    } catch (cause) {
      throw new ProtocolError("a text is not UTF-8", { cause });
    }
  }

  end(): void {
    if (this.at !== this.bytes.length) {
      throw new ProtocolError("a message has bytes left over");
    }
  }
}
