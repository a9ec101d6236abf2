/** What the overlay tells: medians over the newest frames' stamps. Pure. */
import { type Operation, TileCodec } from "./protocol.ts";
import type { FrameStamps } from "./stream.ts";

/** In ms, in the order in which they happen; `network` is both ways together. */
export interface Latency {
  application: number;
  capture: number;
  encode: number;
  network: number;
  decode: number;
  paint: number;
  total: number;
}

export interface Figures {
  framesPerSecond: number;
  kilobitsPerSecond: number;
  /** How the pixels that changed in the period came, with their share of them; the largest first. */
  codecs: { name: string; share: number }[];
  /** Undefined while no frame of the period answered an input. */
  latency: Latency | undefined;
}

/** The figures of the last `period` microseconds before `now` (client time); latencies are of the newest `samples` inputs, however old. */
export function figures(stamps: readonly FrameStamps[], now: number, period = 1_000_000, samples = 30): Figures {
  const recent = stamps.filter((stamp) => stamp.presented > now - period);
  const bytes = recent.reduce((sum, stamp) => sum + stamp.bytes, 0);
  const answered = stamps.filter((stamp) => stamp.inputSequence > 0 && stamp.injected > 0).slice(-samples);
  const of = (stage: (stamp: FrameStamps) => number) => median(answered.map(stage)) / 1000;
  const areas: Areas = {};
  for (const stamp of recent) {
    for (const [name, area] of Object.entries(stamp.areas)) {
      areas[name] = (areas[name] ?? 0) + area;
    }
  }
  const pixels = Object.values(areas).reduce((sum, area) => sum + area, 0);
  return {
    codecs: Object.entries(areas)
      .map(([name, area]) => ({ name, share: area / pixels }))
      .sort((a, b) => b.share - a.share),
    framesPerSecond: (recent.length * 1_000_000) / period,
    kilobitsPerSecond: (bytes * 8 * 1000) / period,
    latency:
      answered.length === 0
        ? undefined
        : {
            application: of((stamp) => stamp.damaged - stamp.injected),
            capture: of((stamp) => stamp.captured - stamp.damaged),
            encode: of((stamp) => stamp.encoded - stamp.captured),
            network: of((stamp) => stamp.received - stamp.inputTime - (stamp.encoded - stamp.injected)),
            decode: of((stamp) => stamp.decoded - stamp.received),
            paint: of((stamp) => stamp.presented - stamp.decoded),
            total: of((stamp) => stamp.presented - stamp.inputTime),
          },
  };
}

/** Pixels by what they came as: a kind of operation, or a tile's codec. */
export type Areas = Record<string, number>;

const CODEC_NAMES = new Map<number, string>(Object.entries(TileCodec).map(([name, codec]) => [codec, name]));

/** Adds what these operations paint. */
export function addAreas(areas: Areas, operations: readonly Operation[]): void {
  for (const operation of operations) {
    if (operation.kind === "endVideo") {
      // It paints nothing that was not seen.
      continue;
    }
    const name = operation.kind === "tile" ? (CODEC_NAMES.get(operation.codec) ?? "tile") : operation.kind === "video" ? "h264" : operation.kind;
    areas[name] = (areas[name] ?? 0) + operation.width * operation.height;
  }
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
