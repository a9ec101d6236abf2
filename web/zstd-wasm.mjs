// An esbuild plugin: the module "zstd.wasm" is the WebAssembly that the npm package zstddec carries as text. The package's own loader fetches
// it from a data: URL, for which the page's Content-Security-Policy would have to be opened.
import { readFileSync } from "node:fs";

export const zstdWasm = {
  name: "zstd-wasm",
  setup(build) {
    build.onResolve({ filter: /^zstd\.wasm$/ }, () => ({ path: "zstd.wasm", namespace: "zstd-wasm" }));
    build.onLoad({ filter: /.*/, namespace: "zstd-wasm" }, () => {
      const source = readFileSync(new URL("node_modules/zstddec/dist/zstddec.mjs", import.meta.url), "utf8");
      const text = /\bwasm = "([A-Za-z0-9+/=]+)"/.exec(source)?.[1];
      if (!text) {
        throw new Error("zstddec does not carry its WebAssembly where this build looks for it");
      }
      return { contents: Buffer.from(text, "base64"), loader: "binary" };
    });
  },
};
