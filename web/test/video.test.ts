import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame, Operation } from "../src/protocol.ts";
import { canDecodeVideo, codecName, VideoRegion } from "../src/video.ts";

/** What an encoder writes first: an access unit delimiter or not, and a sequence parameter set. */
const PARAMETERS = [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8c];

function frame(begins: boolean, data = PARAMETERS, x = 32): Frame {
  const operation: Operation = { kind: "video", x, y: 64, width: 64, height: 32, begins, data: Uint8Array.from(data) };
  const stages = { inputSequence: 0, inputTime: 0, injected: 0, damaged: 0, captured: 0, encoded: 0 };
  return { type: "frame", frame: 1, last: true, whole: false, ...stages, operations: [operation] };
}

/** The browser's decoder, played: gives a picture for each chunk when told to. */
class FakeDecoder {
  static last: FakeDecoder;
  state = "configured";
  chunks: { type: string }[] = [];
  config: unknown;
  constructor(readonly init: { output(picture: unknown): void; error(error: unknown): void }) {
    FakeDecoder.last = this;
  }
  configure(config: unknown) {
    this.config = config;
  }
  decode(chunk: { type: string }) {
    this.chunks.push(chunk);
  }
  close() {
    this.state = "closed";
  }
  give(width = 64, height = 32) {
    const picture = { displayWidth: width, displayHeight: height, closed: false, close: () => void (picture.closed = true) };
    this.init.output(picture);
    return picture;
  }
}

function fake(): void {
  Object.assign(globalThis, {
    VideoDecoder: FakeDecoder,
    EncodedVideoChunk: class {
      readonly type: string;
      constructor(init: { type: string }) {
        this.type = init.type;
      }
    },
  });
}

test("the codec's name is read from the sequence's parameters", () => {
  assert.equal(codecName(Uint8Array.from(PARAMETERS)), "avc1.42c01f");
  assert.equal(codecName(Uint8Array.from([0, 0, 1, 9, 0x10, ...PARAMETERS])), "avc1.42c01f");
  assert.equal(codecName(Uint8Array.from([0, 0, 0, 1, 0x41, 1, 2, 3])), undefined);
  assert.equal(codecName(new Uint8Array(0)), undefined);
});

test("a browser without WebCodecs says so", async () => {
  Object.assign(globalThis, { VideoDecoder: undefined });
  assert.equal(await canDecodeVideo(), false);
});

test("each access unit gives its picture, in order", async () => {
  fake();
  const region = new VideoRegion(() => assert.fail("it works"));
  const first = region.decode(frame(true));
  const second = region.decode(frame(false, [0, 0, 0, 1, 0x41]));
  const decoder = FakeDecoder.last;
  assert.deepEqual(decoder.config, { codec: "avc1.42c01f", optimizeForLatency: true });
  assert.deepEqual(decoder.chunks.map(({ type }) => type), ["key", "delta"]);
  const [one, two] = [decoder.give(), decoder.give()];
  assert.equal(await first, one);
  assert.equal(await second, two);
  // What nobody waits for is given back.
  assert.ok(decoder.give().closed);
  region.close();
});

test("a region keeps its place, and its pictures are no larger", () => {
  fake();
  const region = new VideoRegion(() => assert.fail("it works"));
  void region.decode(frame(true));
  assert.throws(() => region.decode(frame(false, [1], 33)), /moved/);
  assert.throws(() => region.decode(frame(true, [0, 0, 0, 1, 0x41])), /without its parameters/);
  const operation = frame(true).operations[0] as Extract<Operation, { kind: "video" }>;
  const wrong = FakeDecoder.last.give(66, 32);
  assert.throws(() => region.show(operation, wrong as unknown as VideoFrame), /larger than its region/);
  const smaller = FakeDecoder.last.give(32, 16) as unknown as VideoFrame;
  region.show(operation, smaller);
  assert.equal(region.shown, smaller);
  assert.deepEqual(region.place, { x: operation.x, y: operation.y, width: 64, height: 32 });
  region.close();
});

test("a decoder that fails is told once, and nothing waits for it", async () => {
  fake();
  const failures: unknown[] = [];
  const region = new VideoRegion((why) => failures.push(why));
  const waiting = region.decode(frame(true));
  FakeDecoder.last.init.error("broken");
  assert.equal(await waiting, undefined);
  assert.deepEqual(failures, ["broken"]);
  // The agent does not know yet.
  assert.equal(await region.decode(frame(false)), undefined);
});

test("a decoder that holds pictures back is given up", async () => {
  fake();
  const failures: unknown[] = [];
  const region = new VideoRegion((why) => failures.push(why));
  assert.equal(await region.decode(frame(true)), undefined);
  assert.match(String(failures[0]), /holds pictures back/);
});
