/**
 * JPEG tiles to pixels, by the browser's own decoder. It is asynchronous and several run at once; who applies the frame waits for all of its
 * tiles. The memory of a decode is bounded before it begins: a JPEG whose header tells another size than the tile's is refused unread.
 */
import { type Frame, type Operation, ProtocolError, TileCodec } from "./protocol.ts";

/** What a frame's JPEG tiles show, and a video region that ends, RGBA in memory order, by their operations. */
export type Images = Map<Operation, Uint32Array>;

/** A start of frame of a kind that browsers decode: baseline, extended, progressive. */
const START_OF_FRAME = [0xc0, 0xc1, 0xc2];
const START_OF_SCAN = 0xda;

/** The size that a JPEG's header tells, or nothing if it tells none before the first scan (ITU-T T.81, B.2.2). */
export function jpegSize(data: Uint8Array): { width: number; height: number } | undefined {
  if (data[0] !== 0xff || data[1] !== 0xd8) {
    return undefined;
  }
  let at = 2;
  while (at + 9 <= data.length && data[at] === 0xff) {
    const marker = data[at + 1]!;
    if (START_OF_FRAME.includes(marker)) {
      return { height: data[at + 5]! * 256 + data[at + 6]!, width: data[at + 7]! * 256 + data[at + 8]! };
    }
    const length = data[at + 2]! * 256 + data[at + 3]!;
    if (marker === START_OF_SCAN || length < 2) {
      return undefined;
    }
    at += 2 + length;
  }
  return undefined;
}

/** Decodes a frame's JPEG tiles; nothing if it has none. Rejects with a ProtocolError if one cannot be decoded. */
export function decodeImages(frame: Frame, decode: ImageDecode = decodeWithBrowser): Promise<Images> | undefined {
  const tiles = frame.operations.filter((operation) => operation.kind === "tile" && operation.codec === TileCodec.jpeg);
  return tiles.length === 0 ? undefined : decodeAll(tiles as Tile[], decode);
}

type Tile = Extract<Operation, { kind: "tile" }>;
export type ImageDecode = (data: Uint8Array, width: number, height: number) => Promise<Uint32Array>;

async function decodeAll(tiles: Tile[], decode: ImageDecode): Promise<Images> {
  const images = await Promise.all(
    tiles.map(async (tile): Promise<[Operation, Uint32Array]> => {
      const size = jpegSize(tile.data);
      if (size?.width !== tile.width || size.height !== tile.height) {
        throw new ProtocolError("a JPEG has another size than its tile");
      }
      try {
        return [tile, await decode(tile.data, tile.width, tile.height)];
      } catch (cause) {
        throw new ProtocolError("a JPEG cannot be decoded", { cause });
      }
    }),
  );
  return new Map(images);
}

type Context = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;
let scratch: Context | undefined;

async function decodeWithBrowser(data: Uint8Array, width: number, height: number): Promise<Uint32Array> {
  const blob = new Blob([data as Uint8Array<ArrayBuffer>], { type: "image/jpeg" });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  try {
    scratch ??= makeScratch(256);
    scratch.drawImage(bitmap, 0, 0);
    return new Uint32Array(scratch.getImageData(0, 0, width, height).data.buffer);
  } finally {
    bitmap.close();
  }
}

function makeScratch(side: number): Context {
  const canvas = typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(side, side);
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true }) as Context | null;
  if (!context) {
    throw new Error("no canvas to decode pictures with");
  }
  return context;
}
