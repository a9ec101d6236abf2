/** What the overlay tells: medians over the newest frames' stamps. Pure. */
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
  /** Undefined while no frame of the period answered an input. */
  latency: Latency | undefined;
}

/** The figures of the last `period` microseconds before `now` (client time); latencies are of the newest `samples` inputs, however old. */
export function figures(stamps: readonly FrameStamps[], now: number, period = 1_000_000, samples = 30): Figures {
  const recent = stamps.filter((stamp) => stamp.presented > now - period);
  const bytes = recent.reduce((sum, stamp) => sum + stamp.bytes, 0);
  const answered = stamps.filter((stamp) => stamp.inputSequence > 0 && stamp.injected > 0).slice(-samples);
  const of = (stage: (stamp: FrameStamps) => number) => median(answered.map(stage)) / 1000;
  return {
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

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
