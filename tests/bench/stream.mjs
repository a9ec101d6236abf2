// The stream's figures, one row of the table at a time, as a user of Chromium meets them.
//
//   node tests/bench/stream.mjs --stack S --fleet F --row keys|idle|film|window|scroll|both|rest --port P --server PID --data DIRECTORY --program millrace-bench-app
//        [--samples 100] [--width 1280] [--height 720] [--link shaped]
//
// with the SDK's environment (AWS_ENDPOINT_URL_APPSTREAM, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) and MILLRACE_CHROMIUM. The application
// shows a block of 256 × 256 at (64, 64) that flips between yellow EBE13C and blue 191E82 on each key press, or a moving picture whose step's number
// is written in its corner. Writes a list of figures as JSON.
import { launch, newContext } from "../e2e/chromium.mjs";
import { options, pause, print, say, statistics, Target, until } from "./common.mjs";
import * as host from "./host.mjs";
import { compare } from "./likeness.mjs";
import { observe } from "./observe.mjs";

const COLOURS = ["ebe13c", "191e82"];
const MIDDLE = { x: 64 + 128, y: 64 + 128 };
const WARM_UP = 5;
/** Moving pictures settle before they are measured. */
const SETTLE_MS = 3000;
/** CPU and bytes are sampled so often: a hundred samples are 25 s. */
const PERIOD_MS = 250;

const ROWS = {
  keys: { application: "bench", keys: true, memory: true },
  idle: { application: "bench", cpu: true, still: true },
  film: { application: "bench-film", scene: "film", cpu: true, moving: true, memory: true },
  window: { application: "bench-window", scene: "film", at: { x: 320, y: 180, width: 640, height: 360 }, cpu: true, moving: true },
  scroll: { application: "bench-scroll", scene: "scroll", cpu: true, moving: true },
  both: { application: "bench-both", scene: "both", at: { x: 560, y: 300, width: 640, height: 360 }, keys: true, moving: true },
  rest: { application: "bench-turns", scene: "film", moving: true, rests: true },
};

const given = options({ stack: undefined, fleet: undefined, row: undefined, port: 0, server: 0, data: "", program: "", samples: 100, width: 1280, height: 720, link: "" });
const row = ROWS[given.row];
if (!row) throw new Error(`--row is one of ${Object.keys(ROWS).join(", ")}`);
const whole = { x: 0, y: 0, width: given.width, height: given.height };
const area = row.at ?? whole;
const shaped = given.link !== "";
const figures = [];
const round = (value) => Math.round(value * 1000) / 1000;

function figure(what, unit, samples, more = {}) {
  figures.push({ row: given.row, what, unit, width: given.width, height: given.height, link: given.link || "loopback", ...statistics(samples), ...more });
}

const target = new Target({ ...given, application: row.application });
await target.free();
const { browser, close } = await launch();
try {
  const context = await newContext(browser, given);
  await context.addInitScript(observe);
  const page = await context.newPage();
  const url = new URL(await target.url());
  if (shaped) url.host = given.link;
  await page.goto(url.href);
  await page.waitForFunction(() => document.body.dataset.state === "connected", undefined, { timeout: 60_000 });
  // The remote screen begins at its largest size and follows the window.
  await until(30, "the remote screen to follow the window", async () => {
    const now = await page.evaluate(() => millraceScreen.size());
    return now.width === given.width && now.height === given.height;
  });
  if (row.keys || row.still) await until(60, "the bench application's block", async () => COLOURS.includes(await colour(page)));
  if (row.moving) await movement(page);
  say(`${given.row}, ${given.width} × ${given.height}${shaped ? ", shaped link" : ""}: measuring`);
  await pause(SETTLE_MS);
  if (row.keys) await keys(page);
  if (row.cpu) await load(page);
  if (row.moving && row.scene !== "both" && !row.rests) await likeness(page);
  if (row.rests) await rests(page);
  if (row.memory) await memory();
  // Not by the mouse: the toolbar hides itself, and on a busy machine it takes long to come.
  await page.waitForFunction(() => document.body.dataset.state === "connected", undefined, { timeout: 60_000 });
  await page.evaluate(() => ["#handle", "#end", "#confirm-end"].forEach((button) => document.querySelector(button).click()));
  await page.waitForFunction(() => document.body.dataset.state === "ended");
  print({ benchmark: "stream", browser: browser.version(), figures });
} finally {
  await close();
}

function colour(page) {
  return page.evaluate(({ x, y }) => millraceScreen.colour(x, y), MIDDLE);
}

async function movement(page) {
  const step = () => page.evaluate(({ x, y }) => millraceBench.step(x, y), area);
  const first = await until(60, "the moving picture", step);
  await until(60, "it to move", async () => ((await step()) ?? first) !== first);
}

/** From a trusted keydown's time stamp to the first animation frame whose sample of the picture shows the other colour. */
async function keys(page) {
  const samples = [];
  let missed = 0;
  await page.mouse.move(MIDDLE.x, MIDDLE.y);
  for (let number = 0; number < WARM_UP + given.samples; number++) {
    // Random phase: keys must not fall into step with frames.
    await pause(60 + Math.random() * 180);
    const from = await colour(page);
    await page.evaluate((armed) => millraceBench.key(armed), { place: MIDDLE, from, limit: shaped ? 5000 : 1000 });
    await page.keyboard.down("b");
    const sample = await page.evaluate(() => globalThis.benchmark);
    await page.keyboard.up("b");
    if (number < WARM_UP) continue;
    if (sample === null) missed++;
    else samples.push(sample);
  }
  figure(row.scene === "both" ? "key → pixel while a film plays" : "key → pixel", "ms", samples, { missed });
}

/** What the server costs while this goes on, and what the viewer gets of it. */
async function load(page) {
  const cpuMilliseconds = host.cpuClock(host.processes(given.server, given.data));
  if (row.moving) await page.evaluate(({ x, y }) => millraceBench.watch(x, y), area);
  const [cpu, rate] = [[], []];
  const begin = performance.now();
  let before = { time: begin, cpu: cpuMilliseconds(), connections: host.sentBytes(given.port), bytes: 0 };
  const first = before;
  for (let number = 0; number < given.samples; number++) {
    await pause(Math.max(0, begin + (number + 1) * PERIOD_MS - performance.now()));
    const now = { time: performance.now(), cpu: cpuMilliseconds(), connections: host.sentBytes(given.port) };
    // Of all connections: the page's own, for its files, rest, and may be closed meanwhile.
    now.bytes = before.bytes + [...now.connections].reduce((sum, [peer, bytes]) => sum + bytes - (before.connections.get(peer) ?? 0), 0);
    const passed = now.time - before.time;
    cpu.push(((now.cpu - before.cpu) / passed) * 100);
    rate.push(((now.bytes - before.bytes) * 8) / 1000 / passed);
    before = now;
  }
  const passed = before.time - first.time;
  const seen = row.moving ? await page.evaluate(() => millraceBench.stop()) : [];
  figure("CPU of the server side", "% of a core", cpu, { mean: round(((before.cpu - first.cpu) / passed) * 100) });
  figure("bit rate", "Mbit/s", rate, { mean: round(((before.bytes - first.bytes) * 8) / 1000 / passed) });
  if (seen.length > 1) {
    const times = seen.map(({ time }) => time);
    const intervals = times.slice(1).map((time, index) => time - times[index]);
    const perSecond = (count) => (count * 1000) / (times.at(-1) - times[0]);
    figure("frames per second", "1/s", secondly(times), { mean: round(perSecond(times.length - 1)) });
    // Its number has 16 bits; what the application itself did not draw, no stream could show.
    const drawn = (seen.at(-1).step - seen[0].step + 0x10000) % 0x10000;
    figure("frames per second that the application drew", "1/s", [perSecond(drawn)]);
    figure("time between frames", "ms", intervals);
  }
}

/** How many frames there were in each whole second. */
function secondly(times) {
  const counts = new Map();
  for (const time of times) counts.set(Math.floor((time - times[0]) / 1000), (counts.get(Math.floor((time - times[0]) / 1000)) ?? 0) + 1);
  const whole = Math.floor((times.at(-1) - times[0]) / 1000);
  return Array.from({ length: whole }, (_, second) => counts.get(second) ?? 0);
}

/** Compares what is seen with what was drawn. */
async function likeness(page) {
  const pictures = [];
  for (let number = 0; number < given.samples; number++) {
    await pause(20 + Math.random() * 60);
    pictures.push(await page.evaluate((wanted) => millraceBench.picture(wanted), area));
  }
  const results = await compare({ program: given.program, scene: row.scene, width: area.width, height: area.height }, pictures);
  const exact = results.filter((result) => result.exact).length;
  // The low end is what matters: these percentiles are of what is missing to 1.
  figure("unlikeness, 1 − SSIM", "", results.map((result) => 1 - result.ssim), { mean: round(results.reduce((sum, result) => sum + result.ssim, 0) / results.length), exact });
}

/** How long after a film's last picture the screen is what was drawn, pixel for pixel. */
async function rests(page) {
  const { seen: pictures, stops } = await page.evaluate(([wanted, count]) => millraceBench.rests(wanted, count), [area, given.samples]);
  const results = await compare({ program: given.program, scene: row.scene, width: area.width, height: area.height }, pictures);
  const exact = results.filter((result) => result.exact).length;
  // Where it did not become exact, there is no such time.
  figure("last picture → exact", "ms", pictures.filter((_, index) => results[index].exact).map(({ time }) => time), { exact, missed: pictures.length - exact, stops });
}

async function memory() {
  figure("memory of a session (PSS)", "MiB", [host.memoryMebibytes(host.processes(given.server, given.data).filter(host.ofSession))]);
}
