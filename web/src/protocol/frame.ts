/** Frames: what changed on the screen, as operations that apply in their order. */
import { MAX_TILE_SIDE, ProtocolError } from "./bounds.ts";
import type { Reader } from "./wire.ts";

export type Operation =
  | { kind: "copy"; sourceX: number; sourceY: number; width: number; height: number; x: number; y: number }
  | { kind: "fill"; x: number; y: number; width: number; height: number; red: number; green: number; blue: number }
  | { kind: "tile"; x: number; y: number; width: number; height: number; codec: TileCodec; data: Uint8Array }
  /** The video region's next picture: one access unit of H.264, as a byte stream. */
  | { kind: "video"; x: number; y: number; width: number; height: number; begins: boolean; data: Uint8Array }
  /** The region is over: what it shows becomes part of the picture. */
  | { kind: "endVideo"; x: number; y: number; width: number; height: number };

export const TileCodec = { zstdRgba: 1, palette: 2, jpeg: 3 } as const;
export type TileCodec = (typeof TileCodec)[keyof typeof TileCodec];

export interface Frame {
  type: "frame";
  frame: number;
  /** The last part of this frame. */
  last: boolean;
  /** This frame is a whole picture. */
  whole: boolean;
  /** The newest input that was injected before the damage that this frame shows; 0: none since the last frame. */
  inputSequence: number;
  /** That input's client time. */
  inputTime: number;
  /** The server's stages, in its own clock; 0: none. */
  injected: number;
  damaged: number;
  captured: number;
  encoded: number;
  operations: Operation[];
}

export function decodeFrame(reader: Reader): Frame {
  const frame = reader.u32();
  const flags = reader.u8();
  if (flags > 3) {
    throw new ProtocolError("a frame has unknown flags");
  }
  const head = {
    type: "frame",
    frame,
    last: (flags & 1) !== 0,
    whole: (flags & 2) !== 0,
    inputSequence: reader.u32(),
    inputTime: reader.u64(),
    injected: reader.u64(),
    damaged: reader.u64(),
    captured: reader.u64(),
    encoded: reader.u64(),
  } as const;
  const count = reader.u16();
  const operations: Operation[] = [];
  for (let i = 0; i < count; i++) {
    operations.push(decodeOperation(reader));
  }
  return { ...head, operations };
}

function decodeOperation(reader: Reader): Operation {
  const kind = reader.u8();
  switch (kind) {
    case 1: {
      const sourceX = reader.u16();
      const sourceY = reader.u16();
      const width = reader.u16();
      const height = reader.u16();
      return { kind: "copy", sourceX, sourceY, width, height, x: reader.u16(), y: reader.u16() };
    }
    case 2: {
      const x = reader.u16();
      const y = reader.u16();
      const width = reader.u16();
      const height = reader.u16();
      return { kind: "fill", x, y, width, height, red: reader.u8(), green: reader.u8(), blue: reader.u8() };
    }
    case 3:
      return decodeTile(reader);
    case 4:
      return decodeVideo(reader);
    case 5: {
      const x = reader.u16();
      const y = reader.u16();
      return { kind: "endVideo", x, y, width: reader.u16(), height: reader.u16() };
    }
    default:
      throw new ProtocolError(`an operation has the unknown kind ${kind}`);
  }
}

function decodeTile(reader: Reader): Operation {
  const x = reader.u16();
  const y = reader.u16();
  const width = reader.u16();
  const height = reader.u16();
  if (width === 0 || height === 0 || width > MAX_TILE_SIDE || height > MAX_TILE_SIDE) {
    throw new ProtocolError("a tile's size is out of range");
  }
  const codec = reader.u8();
  if (codec !== TileCodec.zstdRgba && codec !== TileCodec.palette && codec !== TileCodec.jpeg) {
    throw new ProtocolError(`a tile has the unknown codec ${codec}`);
  }
  return { kind: "tile", x, y, width, height, codec, data: reader.raw(reader.u32()) };
}

function decodeVideo(reader: Reader): Operation {
  const x = reader.u16();
  const y = reader.u16();
  const width = reader.u16();
  const height = reader.u16();
  if (width === 0 || height === 0 || width % 2 !== 0 || height % 2 !== 0) {
    throw new ProtocolError("a video region's size is out of range");
  }
  const begins = reader.u8();
  if (begins > 1) {
    throw new ProtocolError("a video picture neither begins a sequence nor continues one");
  }
  return { kind: "video", x, y, width, height, begins: begins === 1, data: reader.raw(reader.u32()) };
}
