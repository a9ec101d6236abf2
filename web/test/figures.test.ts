import assert from "node:assert/strict";
import { test } from "node:test";
import { addAreas, type Areas, figures } from "../src/figures.ts";
import type { FrameStamps } from "../src/stream.ts";
import { choose, TEXTS } from "../src/text.ts";

const stamp = (presented: number, more: Partial<FrameStamps> = {}): FrameStamps => ({
  frame: 1,
  bytes: 1000,
  areas: { palette: 30, jpeg: 10 },
  inputSequence: 0,
  inputTime: 0,
  injected: 0,
  damaged: 0,
  captured: 0,
  encoded: 0,
  received: presented - 3000,
  decoded: presented - 1000,
  presented,
  ...more,
});

test("figures are of the last second, latencies of the last inputs", () => {
  const answered = stamp(1_020_000, {
    inputSequence: 1,
    inputTime: 1_000_000,
    injected: 5_000,
    damaged: 9_000,
    captured: 10_000,
    encoded: 12_000,
  });
  const got = figures([answered, ...[1, 2, 3, 4].map((n) => stamp(9_000_000 + n))], 9_500_000);
  assert.equal(got.framesPerSecond, 4);
  assert.equal(got.kilobitsPerSecond, 32);
  assert.deepEqual(got.latency, { application: 4, capture: 1, encode: 2, network: 10, decode: 2, paint: 1, total: 20 });
  assert.deepEqual(got.codecs, [
    { name: "palette", share: 0.75 },
    { name: "jpeg", share: 0.25 },
  ]);
  assert.deepEqual(figures([], 0), { framesPerSecond: 0, kilobitsPerSecond: 0, codecs: [], latency: undefined });
});

test("pixels are counted by what they came as", () => {
  const place = { x: 0, y: 0, width: 10, height: 2 };
  const areas: Areas = {};
  addAreas(areas, [
    { kind: "fill", ...place, red: 0, green: 0, blue: 0 },
    { kind: "tile", ...place, codec: 3, data: new Uint8Array() },
    { kind: "tile", ...place, codec: 3, data: new Uint8Array() },
  ]);
  assert.deepEqual(areas, { fill: 20, jpeg: 40 });
});

test("words are in a language that the user reads", () => {
  assert.equal(choose(["de-CH", "en"]), TEXTS.de);
  assert.equal(choose(["fr", "de", "en"]), TEXTS.de);
  assert.equal(choose(["en-GB", "de"]), TEXTS.en);
  assert.equal(choose(["ja"]), TEXTS.en);
  assert.equal(choose([]), TEXTS.en);
});

test("every text has words in every language", () => {
  const walk = (a: unknown, b: unknown, path: string): void => {
    assert.equal(typeof a, typeof b, path);
    if (typeof a === "object" && a !== null && b !== null) {
      assert.deepEqual(Object.keys(a), Object.keys(b as object), path);
      for (const key of Object.keys(a)) {
        walk((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`);
      }
    } else if (typeof a === "string" && path !== ".states.connected.body") {
      assert.ok(a !== "" && b !== "", path);
    }
  };
  walk(TEXTS.en, TEXTS.de, "");
});
