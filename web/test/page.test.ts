import assert from "node:assert/strict";
import { test } from "node:test";
import { admit, LineReader, MAX_LINE, readLine } from "../src/admission.ts";
import { place, toRemote, wheelUnits } from "../src/layout.ts";
import { ANSWER_MS, Liveness, QUIET_AFTER_INPUT_MS, QUIET_MS } from "../src/liveness.ts";
import { GIVE_UP_AFTER_MS, nextAttempt } from "../src/reconnect.ts";
import { safeRedirect } from "../src/redirect.ts";

const ANSWER =
  '{"state":"opening","stack_token":"t"}\n{"state":"waiting"}\n\n{"state":"starting"}\n\n\n{"state":"unheard of"}\n{"state":"ready","grant":"g.ü","stack":"Büro"}\n{"state":"waiting"}\n';

test("the admission's answer reads the same in any chunks", async () => {
  const bytes = new TextEncoder().encode(ANSWER);
  for (const size of [1, 2, 3, 7, 20, bytes.length]) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) {
          controller.enqueue(bytes.slice(at, at + size));
        }
        controller.close();
      },
    });
    const seen: unknown[] = [];
    const fetcher = async () => new Response(body);
    const outcome = await admit({ parameters: "p", signature: "s" }, (state) => seen.push(state), fetcher as typeof fetch);
    assert.deepEqual(outcome, { state: "ready", grant: "g.ü", stack: "Büro" });
    assert.deepEqual(seen, [{ state: "opening", stackToken: "t" }, "waiting", "starting"]);
  }
});

test("whatever goes wrong with admission is a refusal", async () => {
  const answers = [
    async () => new Response("no", { status: 503 }),
    async () => new Response('{"state":"waiting"}\n'),
    async () => new Response("<html>\n"),
    async () => new Response('{"state":"ready"}\n'),
    async () => new Response("x".repeat(MAX_LINE + 1)),
    async () => {
      throw new TypeError("network");
    },
  ];
  for (const fetcher of answers) {
    const outcome = await admit({ parameters: "p", signature: "s" }, () => {}, fetcher as typeof fetch);
    assert.equal(outcome.state === "refused" && outcome.reason, "unavailable");
  }
});

test("refusals are told with their reason", () => {
  assert.deepEqual(readLine('{"state":"refused","reason":"spent","message":"used"}'), {
    state: "refused",
    reason: "spent",
    message: "used",
  });
  assert.deepEqual(readLine('{"state":"refused","reason":"new","message":"m"}'), {
    state: "refused",
    reason: "unavailable",
    message: "m",
  });
  assert.deepEqual(new LineReader().push(new TextEncoder().encode("a\nb\nc")), ["a", "b"]);
});

test("attempts to reconnect come at once, then slower, then not at all", () => {
  const wait = (failures: number, chance = 0.5) => {
    const next = nextAttempt(failures, 0, chance);
    assert.equal(next.type, "wait");
    return next.type === "wait" ? next.ms : 0;
  };
  assert.equal(wait(0), 0);
  for (let failures = 0; failures < 20; failures++) {
    assert.ok(wait(failures) <= wait(failures + 1));
    assert.ok(wait(failures, 0) <= wait(failures, 1));
    assert.ok(wait(failures, 1) <= 12_500);
  }
  assert.deepEqual(nextAttempt(3, GIVE_UP_AFTER_MS, 0.5), { type: "giveUp" });
});

class FakeClock {
  time = 0;
  private due: { at: number; run: () => void } | undefined;
  now = () => this.time;
  setTimeout = (run: () => void, ms: number) => (this.due = { at: this.time + ms, run });
  clearTimeout = () => (this.due = undefined);

  advance(ms: number): void {
    const end = this.time + ms;
    while (this.due && this.due.at <= end) {
      const { at, run } = this.due;
      this.time = at;
      this.due = undefined;
      run();
    }
    this.time = end;
  }
}

test("a silent stream is asked, and dead if it does not answer", () => {
  const clock = new FakeClock();
  const log: string[] = [];
  const liveness = new Liveness({ ping: () => log.push("ping"), dead: () => log.push("dead") }, clock);
  liveness.start();
  clock.advance(QUIET_MS - 1000);
  liveness.received();
  clock.advance(QUIET_MS - 10);
  assert.deepEqual(log, []);
  clock.advance(20);
  assert.deepEqual(log, ["ping"]);
  liveness.received();
  clock.advance(ANSWER_MS + 10);
  liveness.received();
  liveness.sentInput();
  clock.advance(QUIET_AFTER_INPUT_MS + 10);
  assert.deepEqual(log, ["ping", "ping"]);
  clock.advance(ANSWER_MS + 10);
  assert.deepEqual(log, ["ping", "ping", "dead"]);
  clock.advance(100_000);
  assert.equal(log.length, 3);
});

test("the picture fits the stage, and is exact where it can be", () => {
  const remote = { width: 1280, height: 720 };
  const exact = place(remote, { width: 1280, height: 720 }, 1);
  assert.deepEqual(exact, { left: 0, top: 0, width: 1280, height: 720, scale: 1 });
  assert.equal(place(remote, { width: 1290, height: 730 }, 1).scale, 1);
  assert.deepEqual(place(remote, { width: 640, height: 720 }, 2), { left: 0, top: 180, width: 640, height: 360, scale: 1 });
  const small = place(remote, { width: 640, height: 480 }, 1);
  assert.deepEqual(small, { left: 0, top: 60, width: 640, height: 360, scale: 0.5 });
  assert.deepEqual(toRemote(0, 0, small, remote), { x: 0, y: 0 });
  assert.deepEqual(toRemote(320, 240, small, remote), { x: 640, y: 360 });
  assert.deepEqual(toRemote(9999, 9999, small, remote), { x: 1279, y: 719 });
});

test("a detent of the wheel is 120, down and right are positive", () => {
  assert.deepEqual(wheelUnits({ deltaX: 0, deltaY: 100, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 }), { dx: 0, dy: 120 });
  assert.deepEqual(wheelUnits({ deltaX: -53, deltaY: 0, deltaMode: 0, wheelDeltaX: 120, wheelDeltaY: 0 }), { dx: -120, dy: 0 });
  assert.deepEqual(wheelUnits({ deltaX: 0, deltaY: 3, deltaMode: 1 }), { dx: 0, dy: 120 });
  assert.deepEqual(wheelUnits({ deltaX: 0, deltaY: -1, deltaMode: 2 }), { dx: 0, dy: -360 });
  assert.deepEqual(wheelUnits({ deltaX: 1e9, deltaY: -1e9, deltaMode: 0 }), { dx: 32767, dy: -32768 });
});

test("only http and https addresses are followed", () => {
  assert.equal(safeRedirect("https://example.com/a")?.host, "example.com");
  for (const bad of ["", "javascript:alert(1)", "data:text/html,x", "/relative", "ftp://example.com", "file:///etc/passwd"]) {
    assert.equal(safeRedirect(bad), undefined, bad);
  }
});
