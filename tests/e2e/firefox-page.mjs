// Debian's Firefox, by WebDriver BiDi, with a profile of its own that goes with it.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

// Firefox ends within this time, or is ended.
const CLOSING = 20_000;

export const PATIENCE = { timeout: 60_000, polling: 100 };

/** Tells how far it came, should it go no further. */
export const step = (name) => console.error("step:", name);

/** Opens a streaming URL, and runs something once its session is connected. What fails is said, and is the exit code. */
export async function inFirefox(url, run) {
  const home = await mkdtemp(join(tmpdir(), "millrace-firefox-"));
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.MILLRACE_FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    userDataDir: join(home, "profile"),
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  try {
    const page = await browser.newPage();
    page.on("console", (message) => console.error(message.type(), message.text()));
    page.on("pageerror", (error) => console.error(String(error)));
    await page.setViewport({ width: 1280, height: 720 });
    await page.evaluateOnNewDocument(await readFile(new URL("./screen.js", import.meta.url), "utf8"));
    step("opening the page");
    await page.goto(url);
    await page.waitForFunction(() => document.body?.dataset.state === "connected", PATIENCE);
    await run(page);
    console.log(await browser.version());
  } catch (error) {
    // Said before Firefox is closed, which may fail too.
    console.error(error);
    process.exitCode = 1;
  } finally {
    const kill = setTimeout(() => browser.process()?.kill("SIGKILL"), CLOSING);
    await browser.close();
    clearTimeout(kill);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
