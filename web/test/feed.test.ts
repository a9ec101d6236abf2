import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed } from "../src/feed.ts";
import { place, within } from "../src/layout.ts";
import type { StreamEvent } from "../src/link.ts";

const PLACE = { x: 320, y: 160, width: 640, height: 384 };

/** A picture that counts who still holds it. */
class FakePicture {
  static held = 0;
  constructor(
    readonly displayWidth = PLACE.width,
    readonly displayHeight = PLACE.height,
  ) {
    FakePicture.held += 1;
  }
  clone() {
    return new FakePicture(this.displayWidth, this.displayHeight);
  }
  close() {
    FakePicture.held -= 1;
  }
}

/** The page's end of the feed, and the moment at which what was painted is in sight. */
function begun(works = true) {
  FakePicture.held = 0;
  const told: StreamEvent[] = [];
  let paintedRegion = 0;
  const inSight: (() => void)[] = [];
  const feed = new Feed((event) => told.push(event), () => (paintedRegion += 1), works, (run) => inSight.push(run));
  const picture = new FakePicture() as unknown as VideoFrame;
  return {
    feed,
    told,
    give: (at = PLACE) => feed.give(at, picture),
    painted: () => paintedRegion,
    see: () => inSight.splice(0).forEach((run) => run()),
  };
}

function track(write: (picture: FakePicture) => void | Promise<void> = (picture) => picture.close()) {
  const seen = { closed: false, aborted: false, pictures: 0 };
  const writable = new WritableStream<FakePicture>({
    write: (picture) => {
      seen.pictures += 1;
      return write(picture);
    },
    close: () => void (seen.closed = true),
    abort: () => void (seen.aborted = true),
  });
  return { seen, writable: writable as unknown as WritableStream<VideoFrame> };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a picture with fewer pixels than the region fills it", async () => {
  Object.assign(globalThis, {
    VideoFrame: class extends FakePicture {
      constructor(_: FakePicture, { displayWidth, displayHeight }: VideoFrameInit) {
        super(displayWidth, displayHeight);
      }
    },
  });
  const { feed } = begun();
  const sizes: [number, number][] = [];
  const { writable } = track((picture) => {
    sizes.push([picture.displayWidth, picture.displayHeight]);
    picture.close();
  });
  const smaller = new FakePicture(320, 192);
  feed.give(PLACE, smaller as unknown as VideoFrame);
  feed.begin(1, writable);
  feed.give(PLACE, smaller as unknown as VideoFrame);
  await settled();
  assert.deepEqual(sizes, [[640, 384]]);
  // Whoever gave it still has it.
  smaller.close();
  assert.equal(FakePicture.held, 1);
});

test("the canvas has the region's pictures until the element shows them, and again before it goes", async () => {
  const { feed, told, give, see } = begun();
  const { seen, writable } = track();
  give();
  give();
  assert.deepEqual(told, [{ type: "film", id: 1, ...PLACE }]);
  feed.begin(1, writable);
  give();
  assert.equal(feed.shows, false);
  feed.shown(1);
  assert.equal(feed.shows, true);
  give();
  await settled();
  assert.equal(seen.pictures, 2);
  feed.close();
  assert.equal(feed.shows, false);
  // Not before what was painted is in sight.
  assert.equal(told.length, 1);
  give();
  see();
  assert.deepEqual(told.slice(1), [{ type: "filmOver", id: 1 }]);
  await settled();
  assert.ok(seen.closed);
  // The next region has an element of its own.
  give({ ...PLACE, x: 0 });
  assert.deepEqual(told.at(-1), { type: "film", id: 2, ...PLACE, x: 0 });
  assert.equal(FakePicture.held, 1, "only the caller's picture is held");
});

test("what is said of an element that is not wanted any more counts no more", async () => {
  const { feed, told, give, see } = begun();
  const { seen, writable } = track();
  give();
  feed.close();
  feed.begin(1, writable);
  await settled();
  assert.ok(seen.aborted);
  see();
  give();
  feed.shown(1);
  feed.broken(1);
  assert.equal(feed.shows, false);
  assert.deepEqual(told.at(-1), { type: "film", id: 2, ...PLACE });
});

test("a region elsewhere is not the element's", () => {
  const { feed, give } = begun();
  assert.ok(feed.isAt(PLACE));
  give();
  assert.ok(feed.isAt({ ...PLACE }));
  assert.ok(!feed.isAt({ ...PLACE, y: 0 }));
  assert.ok(!feed.isAt({ ...PLACE, width: 320 }));
});

for (const [name, write] of [
  ["that refuses pictures", () => Promise.reject(new Error("gone"))],
  ["that takes no pictures", () => new Promise<void>(() => {})],
] as const) {
  test(`an element ${name} is given up for the canvas`, async () => {
    const { feed, told, give, painted, see } = begun();
    give();
    feed.begin(1, track(write).writable);
    feed.shown(1);
    for (let count = 0; count < 20; count++) {
      give();
      await settled();
    }
    assert.equal(painted(), 1);
    assert.equal(feed.shows, false);
    see();
    give();
    assert.deepEqual(told.map(({ type }) => type), ["film", "filmOver"]);
  });
}

test("an element that breaks is given up for the canvas", () => {
  const { feed, told, give, painted, see } = begun();
  give();
  feed.broken(1);
  assert.equal(painted(), 1);
  see();
  give();
  assert.deepEqual(told.map(({ type }) => type), ["film", "filmOver"]);
});

test("without the browser's help nothing is asked for", () => {
  const { feed, told, give } = begun(false);
  give();
  assert.deepEqual(told, []);
  assert.equal(feed.shows, false);
});

test("a part of the picture lies where the picture has it", () => {
  const remote = { width: 1280, height: 720 };
  const placement = place(remote, { width: 1000, height: 360 }, 2);
  // 1280 × 720 in 2000 × 720 device pixels.
  assert.deepEqual(within({ x: 320, y: 160, width: 640, height: 384 }, placement, remote), { left: 180 + 160, top: 80, width: 320, height: 192 });
});
