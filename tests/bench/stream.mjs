// Key → pixel: the time from the trusted keydown's `event.timeStamp` to the first animation frame whose sample of the picture shows the other colour.
//
//   node tests/bench/stream.mjs --stack S --fleet F --application bench [--samples 100] [--width 1280] [--height 720]
//
// with the SDK's environment (AWS_ENDPOINT_URL_APPSTREAM, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) and MILLRACE_CHROMIUM. The application
// shows a block of 256 × 256 at (64, 64) that flips between yellow EBE13C and blue 191E82 on each key press. Times are in milliseconds.
import { launch, newContext } from "../e2e/chromium.mjs";
import { options, pause, print, say, statistics, Target, until } from "./common.mjs";

const COLOURS = ["ebe13c", "191e82"];
const MIDDLE = { x: 64 + 128, y: 64 + 128 };
const WARM_UP = 5;
const MISSED_AFTER_MS = 1000;

/** In the page: arms one measurement. Resolves to milliseconds, or null when the colour did not change in time. */
function arm({ place, from, limit }) {
  globalThis.benchmark = new Promise((resolve) => {
    let pressed;
    const onKey = (event) => {
      if (event.isTrusted && pressed === undefined) pressed = event.timeStamp;
    };
    addEventListener("keydown", onKey, { capture: true });
    const armed = performance.now();
    const finish = (value) => {
      removeEventListener("keydown", onKey, { capture: true });
      resolve(value);
    };
    const frame = () => {
      const now = performance.now();
      if (pressed !== undefined && millraceScreen.colour(place.x, place.y) !== from) return finish(now - pressed);
      if (now - (pressed ?? armed) > limit) return finish(null);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

const given = options({ stack: undefined, fleet: undefined, application: "bench", samples: 100, width: 1280, height: 720 });
const target = new Target(given);
const { browser, close } = await launch();
try {
  const context = await newContext(browser, given);
  const page = await context.newPage();
  await page.goto(await target.url());
  const colour = () => page.evaluate(({ x, y }) => millraceScreen.colour(x, y), MIDDLE);
  await until(60, "the bench application's block", async () => COLOURS.includes(await colour()));
  const screen = () => page.evaluate(() => millraceScreen.size());
  // The remote screen begins at its largest size and follows the window.
  const size = await until(30, "the remote screen to follow the window", async () => {
    const now = await screen();
    return now.width === given.width && now.height === given.height && now;
  });
  say(`connected: the remote screen is ${size.width} × ${size.height}, the window ${given.width} × ${given.height}`);
  await page.mouse.move(MIDDLE.x, MIDDLE.y);

  const samples = [];
  let missed = 0;
  for (let number = 0; number < WARM_UP + given.samples; number++) {
    // Random phase: keys must not fall into step with frames.
    await pause(60 + Math.random() * 180);
    const before = await colour();
    await page.evaluate(arm, { place: MIDDLE, from: before, limit: MISSED_AFTER_MS });
    await page.keyboard.down("b");
    const sample = await page.evaluate(() => globalThis.benchmark);
    await page.keyboard.up("b");
    if (number < WARM_UP) continue;
    if (sample === null) missed++;
    else samples.push(Math.round(sample * 100) / 100);
  }
  await page.click("#handle");
  await page.click("#end");
  await page.click("#confirm-end");
  await page.waitForFunction(() => document.body.dataset.state === "ended");
  print({
    benchmark: "stream",
    what: "key to pixel",
    unit: "ms",
    window: { width: given.width, height: given.height },
    screen: size,
    browser: browser.version(),
    ...statistics(samples),
    missed,
    samples,
  });
} finally {
  await close();
}
