/** Messages to the gateway. */
import { MAX_TEXT_BYTES, PROTOCOL_VERSION } from "./bounds.ts";
import { encodeText, utf8, Writer } from "./wire.ts";

export const CredentialKind = { grant: 1, resumeToken: 2 } as const;
export type CredentialKind = (typeof CredentialKind)[keyof typeof CredentialKind];

export interface PageSize {
  /** The page's size in device pixels, 1 to MAX_SCREEN_SIDE. */
  width: number;
  height: number;
  /** Device pixel ratio times 100, 10 to 5000. */
  scalePercent: number;
}

/** What the user did, before a sequence number is given to it. Times in microseconds of the browser's clock; x and y in remote pixels. */
export type Input =
  | { type: "move"; time: number; x: number; y: number }
  | { type: "button"; time: number; x: number; y: number; button: number; pressed: boolean }
  | { type: "wheel"; time: number; x: number; y: number; dx: number; dy: number }
  | { type: "key"; time: number; code: number; pressed: boolean }
  | { type: "releaseAll"; time: number }
  /** Characters to be typed, of at most MAX_TEXT_BYTES: see `textParts`. */
  | { type: "text"; time: number; text: string };

export function encodeHello(kind: CredentialKind, credential: string, page: PageSize): Uint8Array<ArrayBuffer> {
  const text = encodeText(credential);
  return new Writer(0x01, 2 + 1 + 2 + text.length + 6)
    .u16(PROTOCOL_VERSION)
    .u8(kind)
    .str16(text)
    .u16(page.width)
    .u16(page.height)
    .u16(page.scalePercent).bytes;
}

export function encodeInput(input: Input, sequence: number): Uint8Array<ArrayBuffer> {
  switch (input.type) {
    case "move":
      return new Writer(0x10, 16).u32(sequence).u64(input.time).u16(input.x).u16(input.y).bytes;
    case "button":
      return new Writer(0x11, 18)
        .u32(sequence)
        .u64(input.time)
        .u16(input.x)
        .u16(input.y)
        .u8(input.button)
        .u8(input.pressed ? 1 : 0).bytes;
    case "wheel":
      return new Writer(0x12, 20)
        .u32(sequence)
        .u64(input.time)
        .u16(input.x)
        .u16(input.y)
        .i16(input.dx)
        .i16(input.dy).bytes;
    case "key":
      return new Writer(0x13, 15)
        .u32(sequence)
        .u64(input.time)
        .u16(input.code)
        .u8(input.pressed ? 1 : 0).bytes;
    case "releaseAll":
      return new Writer(0x14, 12).u32(sequence).u64(input.time).bytes;
    case "text": {
      const text = encodeText(input.text);
      return new Writer(0x15, 14 + text.length).u32(sequence).u64(input.time).str16(text).bytes;
    }
  }
}

/** A text as it may be typed: in parts that fit a message, with line feeds for line ends and without other control characters. */
export function textParts(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const character of text.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "")) {
    const length = utf8.encode(character).length;
    if (size + length > MAX_TEXT_BYTES) {
      parts.push(part);
      part = "";
      size = 0;
    }
    part += character;
    size += length;
  }
  return part === "" ? parts : [...parts, part];
}

export function encodeFrameAck(frame: number, received: number, decoded: number, presented: number): Uint8Array<ArrayBuffer> {
  return new Writer(0x20, 28).u32(frame).u64(received).u64(decoded).u64(presented).bytes;
}

export function encodeRefresh(): Uint8Array<ArrayBuffer> {
  return new Writer(0x21, 0).bytes;
}

/** What can be decoded besides tiles. */
export function encodeDecoders(h264: boolean): Uint8Array<ArrayBuffer> {
  return new Writer(0x23, 1).u8(h264 ? 1 : 0).bytes;
}

export function encodeResize(page: PageSize): Uint8Array<ArrayBuffer> {
  return new Writer(0x22, 6).u16(page.width).u16(page.height).u16(page.scalePercent).bytes;
}

export function encodeLaunch(name: string): Uint8Array<ArrayBuffer> {
  const text = encodeText(name);
  return new Writer(0x30, 2 + text.length).str16(text).bytes;
}

export function encodePing(nonce: number, time: number): Uint8Array<ArrayBuffer> {
  return new Writer(0x40, 12).u32(nonce).u64(time).bytes;
}

export function encodeEnd(): Uint8Array<ArrayBuffer> {
  return new Writer(0x50, 0).bytes;
}
