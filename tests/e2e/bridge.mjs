// Lets the tests, which are in Python beside everything else that they check, drive playwright-core: one JSON object a line on standard input,
//   {"id": 1, "target": "page1" | null, "method": "mouse.click", "arguments": [10, 20]}
// and one a line back, {"id": 1, "value": …} or {"id": 1, "error": "…"}. What a method gives back that JSON cannot hold becomes a handle, {"handle": "page1"}.
// Arguments of the form {"function": "…"} are functions to run in the page.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { launch, newContext } from "./chromium.mjs";

const { browser, close } = await launch();
const JUDGES = [createRequire(import.meta.url).resolve("axe-core/axe.min.js"), new URL("./judge.js", import.meta.url)];
const handles = new Map();
let number = 0;

const bridge = {
  version: () => browser.version(),
  /** A context with one page, whose console and failures are kept. */
  open: async (options) => {
    const context = await newContext(browser, options);
    const page = await context.newPage();
    page.said = [];
    page.on("console", (message) => page.said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => page.said.push(`error: ${error.stack ?? error}`));
    return page;
  },
  said: (handle) => handles.get(handle).said,
  /** The browser's own protocol, for what playwright has no method for. */
  protocol: async (handle, method, parameters) => {
    const page = handles.get(handle);
    page.session ??= await page.context().newCDPSession(page);
    return await page.session.send(method, parameters);
  },
  /** The address of the page's first frame, and a reload of that frame alone. */
  frameAddress: (handle) => handles.get(handle).frames()[1].url(),
  reloadFrame: async (handle) => {
    const frame = handles.get(handle).frames()[1];
    await frame.goto(frame.url());
  },
  /** What can be read on the page, and what is wrong with it by judge.js and, if asked for, by axe-core. Neither is in the page's way before. */
  judge: async (handle, withAxe) => {
    const page = handles.get(handle);
    if (!(await page.evaluate(() => "millraceJudge" in globalThis))) {
      // As the debugger's own word: the page's policy would let no script in.
      for (const script of JUDGES) await page.evaluate(await readFile(script, "utf8"));
    }
    return await page.evaluate(async (withAxe) => {
      const rules = { "color-contrast": { enabled: false } }; // judge.js looks through gradients, too
      const { violations } = withAxe ? await axe.run({ rules, preload: false, resultTypes: ["violations"], elementRef: false }) : { violations: [] };
      const told = violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${target}: ${help} (${id})`));
      return { words: millraceJudge.words(), faults: [...millraceJudge.judge(), ...told] };
    }, withAxe);
  },
  closeContext: (handle) => handles.get(handle).context().close(),
};

function isPlain(value) {
  return value === null || typeof value !== "object" || Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function reply(value) {
  if (isPlain(value)) return { value: value ?? null };
  const handle = `handle${++number}`;
  handles.set(handle, value);
  return { value: { handle } };
}

function argument(value) {
  // The functions come from the tests' own files.
  if (value && typeof value === "object" && typeof value.function === "string") return eval(`(${value.function})`);
  return value;
}

async function call({ target, method, arguments: given }) {
  let object = target ? handles.get(target) : bridge;
  const path = method.split(".");
  for (const name of path.slice(0, -1)) object = object[name];
  return reply(await object[path.at(-1)](...given.map(argument)));
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  // One after the other: the order of keys and clicks is the order of the lines.
  const answer = await call(request).catch((error) => ({ error: String(error?.stack ?? error) }));
  process.stdout.write(`${JSON.stringify({ id: request.id, ...answer })}\n`);
}
await close();
