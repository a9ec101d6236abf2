// A smoke test in Debian's Firefox: opens a streaming URL of the editor, types a letter, sees it, and saves it under the given path.
//
//   node tests/e2e/firefox.mjs URL PATH [SCREENSHOT]
import assert from "node:assert/strict";
import { TimeoutError } from "puppeteer-core";
import { inFirefox, PATIENCE, step } from "./firefox-page.mjs";

// The dialogue closes within this time, or has not taken Enter; all attempts together take no longer than another wait.
const ENTER = { timeout: 2_000, polling: 100, attempts: 30 };
const [url, path, screenshot] = process.argv.slice(2);
await inFirefox(url, async (page) => {
  // The editor's empty page covers the middle of the screen.
  const empty = () => {
    const { width, height } = millraceScreen.size();
    if (width < 640) return false;
    const { common, share } = millraceScreen.look({ x: width >> 2, y: height >> 2, width: width >> 1, height: height >> 1 });
    return share > 0.9 && parseInt(common, 16) > 0xf8f8f8;
  };
  step("the editor appears");
  await page.waitForFunction(empty, PATIENCE);
  const line = { x: 0, y: 46, width: 300, height: 20 };
  const all = { x: 0, y: 0, width: 1280, height: 700 };
  const keep = (name, area) => page.evaluate((name, area) => millraceScreen.keep(name, area), name, area);
  const changed = (name, area, more, than, patience = PATIENCE) =>
    page.waitForFunction(
      (name, area, more, than) => more === millraceScreen.changed(name, area) > than,
      patience,
      name,
      area,
      more,
      than,
    );
  step("typing");
  await keep("before", line);
  await page.keyboard.type("Grüße, Firefox");
  await changed("before", line, true, 100);
  step("the dialogue for saving opens");
  await keep("typed", all);
  await page.keyboard.down("Control");
  await page.keyboard.press("s");
  await page.keyboard.up("Control");
  await changed("typed", all, true, 10_000);
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.keyboard.type(path);
  step("saving");
  let closed = false;
  for (let attempt = 0; !closed; attempt++) {
    assert.ok(attempt < ENTER.attempts, "the dialogue does not close");
    // It takes Enter only once it has looked at the name: as a person would, press it again.
    await page.keyboard.press("Enter");
    closed = await changed("typed", all, false, 10_000, ENTER).then(
      () => true,
      (error) => {
        if (error instanceof TimeoutError) return false;
        throw error;
      },
    );
  }
  if (screenshot) await page.screenshot({ path: screenshot });
});
