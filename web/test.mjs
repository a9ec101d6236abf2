// Bundles every test with what it tests (node of Debian 12 reads no TypeScript) and hands the bundles to node's own test runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { zstdWasm } from "./zstd-wasm.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const tests = readdirSync(join(root, "test")).filter((name) => name.endsWith(".test.ts"));
const out = mkdtempSync(join(tmpdir(), "millrace-web-test-"));
try {
  await build({
    entryPoints: tests.map((name) => join(root, "test", name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    plugins: [zstdWasm],
    platform: "node",
    format: "esm",
    target: "node18",
    sourcemap: "inline",
    logLevel: "warning",
    define: {
      GOLDEN_DIRECTORY: JSON.stringify(join(root, "../crates/stream/golden")),
      STYLE_SHEET: JSON.stringify(join(root, "src/style.css")),
    },
  });
  const bundles = tests.map((name) => join(out, basename(name, ".ts") + ".mjs"));
  const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...bundles], { stdio: "inherit" });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
