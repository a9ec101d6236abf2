// Image builders: from CreateImageBuilder to RUNNING, and from the beginning of a snapshot to its AVAILABLE image.
//
//   node tests/bench/image.mjs --stack S --fleet F --image NAME [--samples 5] [--megabytes 300]
//
// with the SDK's environment and MILLRACE_CHROMIUM, as stream.mjs. The first figure is of several builders, one after the other. For the second one the
// last of them is opened, so many megabytes that cannot be compressed are written in its terminal, and `image-assistant create-image` is called there:
// the time counts from the moment that the API shows the image (PENDING) to the one that it is AVAILABLE. Times are in milliseconds.
import {
  AppStreamClient,
  CreateImageBuilderCommand,
  CreateImageBuilderStreamingURLCommand,
  DeleteImageBuilderCommand,
  DescribeImageBuildersCommand,
  DescribeImagesCommand,
} from "../e2e/sdk.mjs";
import { launch, newContext } from "../e2e/chromium.mjs";
import { options, pause, print, say, statistics, until } from "./common.mjs";

const LOOK_EVERY_MS = 20;
/** A terminal that is shown takes keys a moment later. */
const TERMINAL_SETTLES_MS = 2000;

const given = options({ stack: undefined, fleet: undefined, image: undefined, samples: 5, megabytes: 300, width: 1280, height: 720 });
const client = new AppStreamClient({});
const send = (command) => client.send(command);

/** What `look` gives; nothing if there is none of that name. */
async function orNothing(look) {
  try {
    return await look();
  } catch (error) {
    if (error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

const builder = (name) =>
  orNothing(async () => (await send(new DescribeImageBuildersCommand({ Names: [name] }))).ImageBuilders[0]);
const image = (name) => orNothing(async () => (await send(new DescribeImagesCommand({ Names: [name] }))).Images[0]);

async function start(name) {
  const began = performance.now();
  await send(new CreateImageBuilderCommand({ Name: name, ImageName: given.image, InstanceType: "stream.standard.large" }));
  await until(60, "the image builder to run", async () => (await builder(name))?.State === "RUNNING", LOOK_EVERY_MS);
  return Math.round((performance.now() - began) * 10) / 10;
}

async function remove(name) {
  await send(new DeleteImageBuilderCommand({ Name: name }));
  await until(60, "the image builder to go", async () => !(await builder(name)), LOOK_EVERY_MS);
}

async function snapshot(name) {
  const { browser, close } = await launch();
  try {
    const context = await newContext(browser, given);
    const page = await context.newPage();
    await page.goto((await send(new CreateImageBuilderStreamingURLCommand({ Name: name }))).StreamingURL);
    await page.waitForFunction(() => document.body.dataset.state === "connected", undefined, { timeout: 60_000 });
    // The bare desktop is of one colour.
    await until(60, "the terminal", () => page.evaluate(() => new Set(millraceScreen.grid(48, 27)).size > 1));
    await pause(TERMINAL_SETTLES_MS);
    const made = `${name}-image`;
    await page.keyboard.type(`head -c ${given.megabytes}000000 /dev/urandom > big && image-assistant create-image --name ${made}\n`);
    await until(120, "the image to begin", () => image(made), LOOK_EVERY_MS);
    const began = performance.now();
    await until(
      300,
      "the image to be available",
      async () => {
        const state = (await image(made)).State;
        if (state === "FAILED") throw new Error("the image failed");
        return state === "AVAILABLE";
      },
      LOOK_EVERY_MS,
    );
    return Math.round((performance.now() - began) * 10) / 10;
  } finally {
    await close();
  }
}

const running = [];
const name = `bench-${process.pid}`;
for (let number = 0; number < given.samples; number++) {
  running.push(await start(name));
  say(`${number + 1} of ${given.samples}: RUNNING after ${running.at(-1)} ms`);
  if (number + 1 < given.samples) await remove(name);
}
say(`writing ${given.megabytes} MB, and making an image of them`);
const available = [await snapshot(name)];
await remove(name);
print({
  figures: [
    { benchmark: "image", what: "image builder to RUNNING", unit: "ms", ...statistics(running), samples: running },
    { benchmark: "image", what: `${given.megabytes} MB to an AVAILABLE image`, unit: "ms", ...statistics(available), samples: available },
  ],
});
