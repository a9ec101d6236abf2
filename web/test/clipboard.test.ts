import assert from "node:assert/strict";
import { test } from "node:test";
import { Clipboard } from "../src/clipboard.ts";
import type { Input } from "../src/protocol.ts";
import { Upload } from "../src/upload.ts";

function clipboard(fromLocal: number | undefined) {
  const sent: string[] = [];
  const told: string[] = [];
  const written: string[] = [];
  const browser = { refuses: false };
  const made = new Clipboard({
    send: (text) => sent.push(text),
    tell: (what) => told.push(what),
    write: async (text) => {
      if (browser.refuses) {
        throw new Error("no user activation");
      }
      written.push(text);
    },
  });
  made.setRules({ fromLocal, toLocal: 100 });
  return { made, sent, told, written, browser };
}

test("what is pasted goes there once, unless it came from there", async () => {
  const { made, sent, written } = clipboard(100);
  made.pasted("mine");
  made.pasted("mine");
  assert.deepEqual(sent, ["mine"]);
  await made.received("theirs");
  assert.deepEqual(written, ["theirs"]);
  made.pasted("theirs");
  // This computer's clipboard did not take it: the old text must not push it out there.
  made.pasted("mine");
  assert.deepEqual(sent, ["mine"]);
  made.pasted("new");
  assert.deepEqual(sent, ["mine", "new"]);
});

test("rules are kept and explained", () => {
  const forbidden = clipboard(undefined);
  forbidden.made.pasted("x");
  assert.deepEqual([forbidden.sent, forbidden.told], [[], ["notAllowed"]]);
  const short = clipboard(3);
  short.made.pasted("😀😀😀");
  short.made.pasted("😀😀😀!");
  assert.deepEqual([short.sent, short.told], [["😀😀😀"], ["tooLong"]]);
});

test("a browser that refuses is asked again when the user does something", async () => {
  const { made, told, written, browser } = clipboard(100);
  browser.refuses = true;
  await made.received("theirs");
  assert.deepEqual([written, told], [[], ["copyWaits"]]);
  browser.refuses = false;
  made.gesture();
  await Promise.resolve();
  assert.deepEqual(written, ["theirs"]);
});

test("input waits behind a long text", () => {
  const log: string[] = [];
  let room = 2;
  const upload = new Upload({
    room: () => room-- > 0,
    send: (message) => log.push(String(message[0])),
    sendInput: (input) => log.push(input.type),
  });
  const key: Input = { type: "key", time: 0, code: 47, pressed: true };
  assert.equal(upload.hold(key), false);
  upload.start([1, 2].map((byte) => Uint8Array.of(byte))[Symbol.iterator]());
  assert.equal(upload.hold(key), true);
  assert.equal(upload.hold({ type: "move", time: 0, x: 0, y: 0 }), true);
  assert.deepEqual(log, ["1", "2"]);
  room = 9;
  upload.start([Uint8Array.of(3)][Symbol.iterator]());
  assert.deepEqual(log, ["1", "2", "3", "key"]);
  upload.stop();
});
