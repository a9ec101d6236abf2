import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeImages, jpegSize } from "../src/jpeg.ts";
import { InOrder } from "../src/order.ts";
import { Picture } from "../src/picture.ts";
import { type Frame, type Operation, ProtocolError, TileCodec } from "../src/protocol.ts";
import { opaque, TileDecoder, zstdContentSize } from "../src/tiles.ts";
import { inflate, inflateInScript, ready } from "../src/zstd.ts";

const COMPRESSED = "KLUv/WAADyUHAIbgM4YREREQMQAxADEAuMspuMspuMspuMspuMspuMspuMspuMspuMspuMspuMspuMspuMspuMspuMspuMspQArucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgruckqcgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrucgrtc////LqfgLqfgLqfgLqfgLqfgLqfgLqfgLqfgLqfgLqfgLqfgLqfgLqfgLqfgLqfgboH/mBHgHwARKPwB1Wq12gugCg==";
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** A zstd frame of one uncompressed block, which any encoder might have made. */
function zstdRaw(content: number[]): Uint8Array {
  const header = (1 | (content.length << 3)) >>> 0;
  const size = [content.length & 255, (content.length >> 8) & 255, (content.length >> 16) & 255, 0];
  return Uint8Array.from([...MAGIC, 0b1010_0000, ...size, header & 255, (header >> 8) & 255, (header >> 16) & 255, ...content]);
}

function frame(number: number, operations: Operation[], flags: Partial<Frame> = {}): Frame {
  return {
    type: "frame",
    frame: number,
    last: true,
    whole: false,
    inputSequence: 0,
    inputTime: 0,
    injected: 0,
    damaged: 0,
    captured: 0,
    encoded: 0,
    operations,
    ...flags,
  };
}

const fill = (x: number, y: number, width: number, height: number, red: number): Operation => ({
  kind: "fill",
  x,
  y,
  width,
  height,
  red,
  green: 0,
  blue: 0,
});

/** The picture's red channel, as rows of text: one hexadecimal digit a pixel. */
function reds(picture: Picture): string[] {
  const rows: string[] = [];
  for (let y = 0; y < picture.height; y++) {
    let row = "";
    for (let x = 0; x < picture.width; x++) {
      const at = (y * picture.width + x) * 4;
      assert.equal(picture.pixels[at + 3], 255, "every pixel is opaque");
      row += (picture.pixels[at] ?? 0).toString(16);
    }
    rows.push(row);
  }
  return rows;
}

function picture(width: number, height: number): Picture {
  const made = new Picture();
  made.resize(width, height);
  return made;
}

test("fills and tiles go where they say, in their order", () => {
  const it = picture(4, 3);
  const tile: Operation = {
    kind: "tile",
    x: 1,
    y: 1,
    width: 2,
    height: 1,
    codec: TileCodec.zstdRgba,
    data: zstdRaw([7, 0, 0, 255, 8, 0, 0, 255]),
  };
  it.apply(frame(1, [fill(0, 0, 4, 3, 1), fill(1, 1, 3, 2, 2), tile]));
  assert.deepEqual(reds(it), ["1111", "1782", "1222"]);
});

test("a palette tile takes its colours by index", () => {
  const it = picture(2, 2);
  const data = Uint8Array.from([1, 5, 0, 0, 9, 0, 0, ...zstdRaw([0, 1, 1, 0])]);
  it.apply(frame(1, [{ kind: "tile", x: 0, y: 0, width: 2, height: 2, codec: TileCodec.palette, data }]));
  assert.deepEqual(reds(it), ["59", "95"]);
});

test("a copy reads the picture as it was, whichever way it overlaps", () => {
  const shifts: [number, number, string[]][] = [
    [0, 1, ["123", "123", "456"]],
    [1, 0, ["112", "445", "778"]],
    [1, 1, ["123", "412", "745"]],
  ];
  for (const [x, y, expected] of shifts) {
    const it = picture(3, 3);
    const digits = Array.from({ length: 9 }, (_, i) => fill(i % 3, Math.floor(i / 3), 1, 1, i + 1));
    it.apply(frame(1, digits));
    it.apply(frame(2, [{ kind: "copy", sourceX: 0, sourceY: 0, width: 3 - x, height: 3 - y, x, y }]));
    assert.deepEqual(reds(it), expected);
    it.apply(frame(3, digits));
    it.apply(frame(4, [{ kind: "copy", sourceX: x, sourceY: y, width: 3 - x, height: 3 - y, x: 0, y: 0 }]));
    assert.equal(reds(it)[0]?.[0], String(1 + x + 3 * y));
  }
});

test("what changed is told once, and as one where that is cheaper", () => {
  const it = picture(100, 100);
  it.apply(frame(1, [fill(0, 0, 10, 10, 1), fill(90, 90, 10, 10, 1)]));
  assert.equal(it.takeChanged().length, 2);
  assert.deepEqual(it.takeChanged(), []);
  it.apply(frame(2, [fill(0, 0, 50, 100, 1), fill(50, 0, 50, 100, 1)]));
  assert.deepEqual(it.takeChanged(), [{ x: 0, y: 0, width: 100, height: 100 }]);
  it.apply(frame(3, Array.from({ length: 1000 }, (_, i) => fill(i % 100, (i * 37) % 100, 1, 1, 1))));
  assert.ok(it.takeChanged().length <= 64);
});

test("operations outside the screen and frames out of order are refused", () => {
  const it = picture(4, 4);
  const outside: Operation[] = [
    fill(3, 0, 2, 1, 1),
    fill(0, 4, 1, 1, 1),
    fill(0, 0, 0, 1, 1),
    { kind: "copy", sourceX: 2, sourceY: 0, width: 3, height: 1, x: 0, y: 0 },
    { kind: "copy", sourceX: 0, sourceY: 0, width: 1, height: 1, x: 4, y: 0 },
  ];
  for (const operation of outside) {
    const fresh = picture(4, 4);
    assert.throws(() => fresh.apply(frame(1, [operation])), ProtocolError);
  }
  it.apply(frame(0xffff_ffff, [], { last: false }));
  it.apply(frame(0xffff_ffff, []));
  it.apply(frame(0, []));
  assert.throws(() => it.apply(frame(2, [])), ProtocolError);
  it.restart();
  it.apply(frame(77, []));
});

test("a tile's data is not inflated unless its header tells the tile's size", () => {
  const decoder = new TileDecoder();
  assert.equal(zstdContentSize(zstdRaw([1, 2, 3, 4])), 4);
  assert.deepEqual([...decoder.decode(TileCodec.zstdRgba, 1, zstdRaw([1, 2, 3, 255]))], [opaque(1, 2, 3)]);
  const bad = [
    new Uint8Array(0),
    Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
    zstdRaw([1, 2, 3]),
    zstdRaw([1, 2, 3, 4]).subarray(0, 10),
    // No content size: only a window.
    Uint8Array.from([...MAGIC, 0, 0x58, 0x21, 0, 0, 1, 2, 3, 4]),
  ];
  for (const data of bad) {
    assert.throws(() => decoder.decode(TileCodec.zstdRgba, 1, data), ProtocolError);
  }
  const outOfPalette = Uint8Array.from([0, 5, 5, 5, ...zstdRaw([1])]);
  assert.throws(() => decoder.decode(TileCodec.palette, 1, outOfPalette), ProtocolError);
  assert.throws(() => decoder.decode(TileCodec.palette, 1, Uint8Array.from([200, 1, 2])), ProtocolError);
});

test("both zstd decoders make the same of compressed data", async () => {
  await ready;
  // 4,096 bytes, of which byte i is (i mod 64) >> 3, by the zstd program.
  const compressed = Uint8Array.from(Buffer.from(COMPRESSED, "base64"));
  assert.equal(zstdContentSize(compressed), 4096);
  for (const decode of [inflate, inflateInScript]) {
    const out = new Uint8Array(4096);
    decode(compressed, out);
    assert.ok(out.every((byte, i) => byte === (i % 64) >> 3));
  }
  // Damaged or cut short: refused, and the decoder goes on working.
  for (let length = 0; length < compressed.length; length++) {
    assert.throws(() => inflate(compressed.subarray(0, length), new Uint8Array(4096)));
  }
  assert.throws(() => inflate(compressed, new Uint8Array(4095)));
  for (let round = 0; round < 2000; round++) {
    inflate(compressed, new Uint8Array(4096));
  }
});

test("a JPEG's size is read from its header", () => {
  const head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
  const frameHeader = [0xff, 0xc0, 0, 17, 8, 0, 200, 1, 44, 3];
  assert.deepEqual(jpegSize(Uint8Array.from([...head, ...frameHeader])), { width: 300, height: 200 });
  assert.deepEqual(jpegSize(Uint8Array.from([0xff, 0xd8, ...frameHeader])), { width: 300, height: 200 });
  for (const bad of [[], [0xff, 0xd8], head, [...head, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0], [0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0]]) {
    assert.equal(jpegSize(Uint8Array.from(bad)), undefined);
  }
});

test("a JPEG tile waits for its decoder, and is refused if it is another size", async () => {
  const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 1, 0, 2, 3]);
  const tile: Operation = { kind: "tile", x: 1, y: 0, width: 2, height: 1, codec: TileCodec.jpeg, data: jpeg };
  const it = picture(3, 1);
  const first = frame(1, [fill(0, 0, 3, 1, 4), tile]);
  assert.throws(() => picture(3, 1).apply(first), ProtocolError);
  const images = await decodeImages(first, async () => Uint32Array.from([0xff000006, 0xff000007]));
  it.apply(first, images);
  assert.deepEqual(reds(it), ["467"]);
  assert.equal(decodeImages(frame(2, [fill(0, 0, 3, 1, 4)])), undefined);
  const larger = frame(2, [{ ...tile, width: 1 }]);
  await assert.rejects(decodeImages(larger, async () => new Uint32Array(1))!, ProtocolError);
  await assert.rejects(decodeImages(first, () => Promise.reject(new Error("damaged")))!, ProtocolError);
});

test("things are done in their order, whichever is ready first", async () => {
  const done: number[] = [];
  const failed: unknown[] = [];
  const order = new InOrder(4, (error) => failed.push(error));
  const open: (() => void)[] = [];
  const later = () => new Promise<void>((resolve) => open.push(resolve));
  order.add(undefined, () => done.push(0));
  assert.deepEqual(done, [0]);
  order.add(later(), () => done.push(1));
  order.add(undefined, () => done.push(2));
  order.add(later(), () => done.push(3));
  open[1]!();
  await Promise.resolve();
  assert.deepEqual(done, [0]);
  open[0]!();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(done, [0, 1, 2, 3]);
  order.add(later(), () => done.push(4));
  order.clear();
  open[2]!();
  order.add(undefined, () => done.push(5));
  order.add(Promise.reject(new Error("damaged")), () => done.push(6));
  order.add(undefined, () => done.push(7));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(done, [0, 1, 2, 3, 5]);
  assert.equal(failed.length, 1);
  for (let i = 0; i < 5; i++) {
    order.add(later(), () => {});
  }
  assert.equal(failed.length, 2);
});
