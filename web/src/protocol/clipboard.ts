/** A copied text in parts, both ways. */
import { MAX_CLIPBOARD_BYTES, MAX_CLIPBOARD_PART_BYTES, ProtocolError } from "./bounds.ts";
import { encodeText, type Reader, utf8, Writer } from "./wire.ts";

export interface ClipboardPart {
  type: "clipboard";
  first: boolean;
  last: boolean;
  text: string;
}

export function encodeClipboardPart(first: boolean, last: boolean, text: string): Uint8Array<ArrayBuffer> {
  const encoded = encodeText(text);
  return new Writer(0x60, 3 + encoded.length).u8((first ? 1 : 0) | (last ? 2 : 0)).str16(encoded).bytes;
}

/** The messages that carry a copied text, at least one. */
export function* encodeClipboard(text: string): Generator<Uint8Array<ArrayBuffer>> {
  const encoded = utf8.encode(text);
  let at = 0;
  do {
    let end = Math.min(encoded.length, at + MAX_CLIPBOARD_PART_BYTES);
    // Not within a character.
    while (end < encoded.length && (encoded[end]! & 0xc0) === 0x80) {
      end -= 1;
    }
    const part = encoded.subarray(at, end);
    const flags = (at === 0 ? 1 : 0) | (end === encoded.length ? 2 : 0);
    yield new Writer(0x60, 3 + part.length).u8(flags).str16(part).bytes;
    at = end;
  } while (at < encoded.length);
}

/** Puts a copied text's parts together. */
export class ClipboardAssembler {
  private parts: string[] | undefined;
  private length = 0;

  /** Takes a part; gives the text once it is whole. */
  push(part: ClipboardPart): string | undefined {
    if (part.first) {
      this.parts = [];
      this.length = 0;
    }
    if (!this.parts) {
      // The parts of a text that was too long for the gateway.
      return undefined;
    }
    this.parts.push(part.text);
    this.length += part.text.length;
    if (this.length > MAX_CLIPBOARD_BYTES) {
      throw new ProtocolError("a copied text is too long");
    }
    if (!part.last) {
      return undefined;
    }
    const text = this.parts.join("");
    this.parts = undefined;
    return text;
  }
}

export function decodeClipboard(reader: Reader): ClipboardPart {
  const part = reader.u8();
  if (part > 3) {
    throw new ProtocolError("a copied text's part has unknown flags");
  }
  return { type: "clipboard", first: (part & 1) !== 0, last: (part & 2) !== 0, text: reader.str16() };
}
