/**
 * Lossless tiles to pixels. The memory of a decode is bounded before it begins: a tile is at most 256 × 256 pixels, and a zstd frame whose header tells
 * another size than the tile's is refused unread.
 */
import { MAX_TILE_SIDE, ProtocolError, TileCodec } from "./protocol.ts";
import { inflate } from "./zstd.ts";

const MAX_TILE_PIXELS = MAX_TILE_SIDE * MAX_TILE_SIDE;

/** The content size that a zstd frame's header tells, or nothing if it tells none (RFC 8878, section 3.1.1.1). */
export function zstdContentSize(data: Uint8Array): number | undefined {
  if (data.length < 6 || data[0] !== 0x28 || data[1] !== 0xb5 || data[2] !== 0x2f || data[3] !== 0xfd) {
    return undefined;
  }
  const descriptor = data[4]!;
  const singleSegment = (descriptor >> 5) & 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? singleSegment : 1 << sizeFlag;
  if (sizeBytes === 0 || dictionaryBytes !== 0) {
    return undefined;
  }
  const at = 5 + (1 - singleSegment);
  if (data.length < at + sizeBytes) {
    return undefined;
  }
  let size = 0;
  for (let i = sizeBytes - 1; i >= 0; i--) {
    size = size * 256 + data[at + i]!;
  }
  return sizeBytes === 2 ? size + 256 : size;
}

/** Decodes tiles one after the other into memory that it keeps. */
export class TileDecoder {
  private readonly bytes = new Uint8Array(MAX_TILE_PIXELS * 4);
  private readonly pixels = new Uint32Array(this.bytes.buffer);
  private readonly indexes = new Uint8Array(MAX_TILE_PIXELS);
  private readonly palette = new Uint32Array(256);

  /** The tile's pixels, rows from the top, as RGBA in memory order. Valid until the next call. */
  decode(codec: Exclude<TileCodec, typeof TileCodec.jpeg>, pixels: number, data: Uint8Array): Uint32Array {
    switch (codec) {
      case TileCodec.zstdRgba:
        inflateTile(data, this.bytes.subarray(0, pixels * 4));
        return this.pixels.subarray(0, pixels);
      case TileCodec.palette:
        return this.decodePalette(pixels, data);
    }
  }

  private decodePalette(pixels: number, data: Uint8Array): Uint32Array {
    const colours = (data[0] ?? 0) + 1;
    const indexesAt = 1 + colours * 3;
    if (data.length < indexesAt) {
      throw new ProtocolError("a tile's palette is cut short");
    }
    const palette = this.palette;
    for (let i = 0; i < colours; i++) {
      palette[i] = opaque(data[1 + i * 3]!, data[2 + i * 3]!, data[3 + i * 3]!);
    }
    const indexes = this.indexes.subarray(0, pixels);
    inflateTile(data.subarray(indexesAt), indexes);
    const target = this.pixels.subarray(0, pixels);
    for (let i = 0; i < pixels; i++) {
      const index = indexes[i]!;
      if (index >= colours) {
        throw new ProtocolError("a tile's index is outside its palette");
      }
      target[i] = palette[index]!;
    }
    return target;
  }
}

/** An opaque pixel, as it lies in a canvas's memory on a little-endian machine (all that browsers run on). */
export function opaque(red: number, green: number, blue: number): number {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

function inflateTile(data: Uint8Array, into: Uint8Array): void {
  if (zstdContentSize(data) !== into.length) {
    throw new ProtocolError("a tile's data has another size than the tile");
  }
  try {
    inflate(data, into);
  } catch (cause) {
    throw new ProtocolError("a tile's data cannot be decompressed", { cause });
  }
}
