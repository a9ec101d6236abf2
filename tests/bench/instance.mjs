// Admission → first frame: the time from the page's POST of its ticket to the first animation frame whose sample shows the application.
//
//   node tests/bench/instance.mjs --stack S --fleet F --data DIRECTORY --application editor --begins rest [--samples 20] [--link HOST:PORT]
//
// with the SDK's environment and MILLRACE_CHROMIUM, as stream.mjs. What the application looks like is learned from a first run, which is not counted: the
// picture's colours on a grid once it has been still for two seconds. A later run is done when 97 % of the grid look so. Each run is a user of its own on a new
// instance, and begins when the fleet is free again and, by --begins, its idle instances are at rest (frozen), or no instance is there at all (nothing).
// Times are in milliseconds. `stages` tells where they go: admission asked for → granted → first picture → application shown, and from the link's opening to that.
import { launch, newContext } from "../e2e/chromium.mjs";
import { options, print, say, statistics, Target, until } from "./common.mjs";
import { frozen, instances } from "./host.mjs";

const GRID = { columns: 48, rows: 27 };
const ALIKE = 0.97;
const STILL_MS = 2000;

/** In the page, before its scripts: notes when admission was asked for and granted, and when the picture first looked as wanted. */
function observe({ grid, alike, wanted }) {
  globalThis.benchmark = { admitted: null, granted: null, connected: null, shown: null };
  const original = globalThis.fetch;
  globalThis.fetch = (...parameters) => {
    if (String(parameters[0]?.url ?? parameters[0]).includes("/session/admit")) globalThis.benchmark.admitted ??= performance.now();
    return original(...parameters);
  };
  if (!wanted) return;
  new MutationObserver(() => {
    if (document.body?.dataset.state === "connecting") globalThis.benchmark.granted ??= performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
  const frame = () => {
    if (document.body?.dataset.state === "connected") {
      globalThis.benchmark.connected ??= performance.now();
      const now = performance.now();
      const seen = millraceScreen.grid(grid.columns, grid.rows);
      const same = seen.filter((colour, index) => colour === wanted[index]).length;
      if (same >= alike * wanted.length) {
        globalThis.benchmark.shown = now;
        return;
      }
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const given = options({ stack: undefined, fleet: undefined, data: undefined, application: "editor", begins: undefined, link: "", samples: 20, width: 1280, height: 720 });
const target = new Target(given);
const { browser, close } = await launch();

/** What --begins asks for. */
async function ready() {
  await target.free();
  await until(60, given.begins === "rest" ? "idle instances to be at rest" : "all instances to be gone", () => {
    const found = [...instances(given.data).values()];
    return given.begins === "rest" ? found.length > 0 && found.every(frozen) : found.length === 0;
  });
}

/** One user's session; `look` is given the page once it is connected. */
async function session(wanted, look) {
  await ready();
  const context = await newContext(browser, given);
  try {
    await context.addInitScript(observe, { grid: GRID, alike: ALIKE, wanted });
    const page = await context.newPage();
    const url = new URL(await target.url());
    if (given.link) url.host = given.link;
    await page.goto(url.href);
    await page.waitForFunction(() => document.body.dataset.state === "connected", undefined, { timeout: 60_000 });
    const result = await look(page);
    await page.click("#handle");
    await page.click("#end");
    await page.click("#confirm-end");
    await page.waitForFunction(() => document.body.dataset.state === "ended");
    return result;
  } finally {
    await context.close();
  }
}

async function learn(page) {
  const grid = () => page.evaluate(({ columns, rows }) => millraceScreen.grid(columns, rows), GRID);
  let last = [];
  let since = performance.now();
  return until(60, "a still picture of the application", async () => {
    const now = await grid();
    // The bare desktop is of one colour, so two show that something has opened.
    const same = now.filter((colour, index) => colour === last[index]).length;
    if (same < 0.99 * now.length || new Set(now).size < 2) since = performance.now();
    last = now;
    return performance.now() - since > STILL_MS && now;
  });
}

try {
  say("learning what the application looks like");
  const wanted = await session(null, learn);
  const samples = [];
  const stages = { granted: [], first_picture: [], application: [], from_link: [] };
  const tenth = (value) => Math.round(value * 10) / 10;
  for (let number = 0; number < given.samples; number++) {
    const times = await session(wanted, async (page) => {
      await page.waitForFunction(() => globalThis.benchmark.shown !== null, undefined, { timeout: 60_000 });
      return page.evaluate(() => globalThis.benchmark);
    });
    samples.push(tenth(times.shown - times.admitted));
    stages.granted.push(tenth(times.granted - times.admitted));
    stages.first_picture.push(tenth(times.connected - times.granted));
    stages.application.push(tenth(times.shown - times.connected));
    // The page's clock starts with its navigation.
    stages.from_link.push(tenth(times.shown));
    say(`${number + 1} of ${given.samples}: ${samples.at(-1)} ms`);
  }
  const summary = Object.fromEntries(Object.entries(stages).map(([name, times]) => [name, statistics(times)]));
  say(`median of each stage, ms: ${Object.entries(summary).map(([name, { p50 }]) => `${name} ${p50}`).join(", ")}`);
  print({
    benchmark: "instance",
    what: "admission to first frame",
    unit: "ms",
    browser: browser.version(),
    application: given.application,
    ...(given.link ? { link: given.link } : {}),
    ...statistics(samples),
    stages: summary,
    samples,
  });
} finally {
  await close();
}
