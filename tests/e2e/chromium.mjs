// Starts Debian's Chromium under playwright-core, the same way for tests and benchmarks.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Background services look for hosts of the browser's maker, which are not reachable where tests run. */
const ARGUMENTS = [
  "--no-sandbox", // tests run as root, where Chromium refuses to start with it
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser and a function that closes it and removes what it wrote. With MILLRACE_DISPLAY it has a window there, and the keyboard of that display. */
export async function launch() {
  const display = process.env.MILLRACE_DISPLAY;
  const home = await mkdtemp(join(tmpdir(), "millrace-chromium-"));
  const browser = await chromium.launch({
    executablePath: process.env.MILLRACE_CHROMIUM ?? "/usr/bin/chromium",
    headless: !display,
    args: ARGUMENTS,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...(display ? { DISPLAY: display } : {}) },
  });
  const close = async () => {
    await browser.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return { browser, close };
}

/** A context of its own (no shared storage) whose pages can be sampled by `millraceScreen`. */
export async function newContext(browser, { width = 1280, height = 720, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, serviceWorkers: "block", colorScheme: "light", locale: "en-US", ...more });
  await context.addInitScript(await readFile(new URL("./screen.js", import.meta.url), "utf8"));
  return context;
}
