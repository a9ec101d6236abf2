// Debian's Firefox: opens a streaming URL of the benchmark's film, and looks at it until it has seen so many different pictures.
//
//   node tests/e2e/firefox-film.mjs URL PICTURES
import assert from "node:assert/strict";
import { inFirefox, step } from "./firefox-page.mjs";

const MOST_MILLISECONDS = 60_000;
const [url, pictures] = process.argv.slice(2);

// The step that the application wrote into its corner: 16 bits of 16 × 16 pixels each.
const drawn = () => {
  const data = millraceScreen.read(0, 8, 256, 1);
  let step = 0;
  for (let bit = 0; bit < 16; bit++) step = step * 2 + (data[4 * (bit * 16 + 8) + 1] > 127 ? 1 : 0);
  return step;
};

await inFirefox(url, async (page) => {
  step("the film plays");
  const seen = new Set();
  const end = Date.now() + MOST_MILLISECONDS;
  while (seen.size < Number(pictures)) {
    assert.ok(Date.now() < end, `${seen.size} pictures`);
    seen.add(await page.evaluate(drawn));
  }
});
