/**
 * Zstandard: in WebAssembly (zstddec, Facebook's decoder), which takes 0.8 ms for a tile of 256 × 256 pixels of text where JavaScript (fzstd) takes
 * 4.8. JavaScript serves until the other is compiled, and where a browser has no WebAssembly at all (some turn it off for safety).
 */
import { decompress } from "fzstd";
// The build takes it out of the npm package.
import wasm from "zstd.wasm";

interface Decoder {
  memory: WebAssembly.Memory;
  malloc(size: number): number;
  free(address: number): void;
  /** The size of what it wrote, or an error: a number near 2^32. */
  ZSTD_decompress(into: number, capacity: number, from: number, size: number): number;
}

let decoder: Decoder | undefined;

/** Settles once WebAssembly serves, or cannot. */
export const ready: Promise<void> = start();

async function start(): Promise<void> {
  try {
    const imports = { env: { emscripten_notify_memory_growth: () => {} } };
    const { instance } = await WebAssembly.instantiate(wasm, imports);
    decoder = instance.exports as unknown as Decoder;
  } catch (error) {
    console.warn("zstd runs without WebAssembly", error);
  }
}

/**
 * Inflates one zstd frame, of exactly the size of `into` (which the caller has seen in its header).
 * Throws when the data is damaged; `into` then holds anything.
 */
export function inflate(data: Uint8Array, into: Uint8Array): void {
  if (decoder) {
    inflateInWebAssembly(decoder, data, into);
  } else {
    inflateInScript(data, into);
  }
}

export function inflateInScript(data: Uint8Array, into: Uint8Array): void {
  decompress(data, into);
}

function inflateInWebAssembly(zstd: Decoder, data: Uint8Array, into: Uint8Array): void {
  const source = zstd.malloc(data.length);
  const target = zstd.malloc(into.length);
  try {
    if (source === 0 || target === 0) {
      throw new Error("no memory for zstd");
    }
    new Uint8Array(zstd.memory.buffer, source, data.length).set(data);
    const written = zstd.ZSTD_decompress(target, into.length, source, data.length);
    if (written !== into.length) {
      throw new Error("damaged zstd data");
    }
    // The memory may have grown, and with that be another buffer.
    into.set(new Uint8Array(zstd.memory.buffer, target, into.length));
  } finally {
    zstd.free(source);
    zstd.free(target);
  }
}
