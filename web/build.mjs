// Bundles the web client into dist/: index.html and assets with their content's hash in the name, so that they may be cached for ever.
import { build } from "esbuild";
import { zstdWasm } from "./zstd-wasm.mjs";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";

const root = new URL(".", import.meta.url);
const assets = new URL("dist/assets/", root);

async function bundle(entry, options = {}) {
  const result = await build({
    entryPoints: [new URL(entry, root).pathname],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    plugins: [zstdWasm],
    // Files of this build, named by their addresses.
    external: ["/assets/*"],
    write: false,
    ...options,
  });
  return result.outputFiles[0].contents;
}

/** Writes an asset and gives its address. */
async function asset(name, extension, contents) {
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  const file = `${name}-${hash}.${extension}`;
  await writeFile(new URL(file, assets), contents);
  return `/assets/${file}`;
}

await rm(new URL("dist", root), { recursive: true, force: true });
await mkdir(assets, { recursive: true });

const worker = await asset("worker", "js", await bundle("src/worker.ts"));
const fallback = await asset("fallback", "js", await bundle("src/fallback.ts", { format: "esm" }));
const define = { WORKER_FILE: JSON.stringify(worker), FALLBACK_FILE: JSON.stringify(fallback) };
const script = await asset("main", "js", await bundle("src/main.ts", { define }));
const style = await asset("style", "css", await bundle("src/style.css"));
const icon = await asset("icon", "svg", await readFile(new URL("src/icon.svg", root)));

const packages = ["fzstd", "zstddec"];
const licenses = await Promise.all(
  packages.map(async (name) => `${name}\n\n${await readFile(new URL(`node_modules/${name}/LICENSE`, root), "utf8")}`),
);
const license = await asset("licenses", "txt", licenses.join("\n\n"));

const page = await readFile(new URL("index.html", root), "utf8");
const addresses = { "%SCRIPT%": script, "%STYLE%": style, "%ICON%": icon, "%LICENSES%": license };
await writeFile(
  new URL("dist/index.html", root),
  page.replace(/%[A-Z]+%/g, (name) => {
    if (!(name in addresses)) {
      throw new Error(`index.html names ${name}, which the build does not make`);
    }
    return addresses[name];
  }),
);
