// What both benchmarks need: arguments, a fleet that runs, statistics.
import { parseArgs } from "node:util";
import { AppStreamClient, CreateStreamingURLCommand, DescribeFleetsCommand, DescribeSessionsCommand } from "../e2e/sdk.mjs";

export const say = (text) => process.stderr.write(`${text}\n`);

/** Options as `--name value`; numbers where the default is one. */
export function options(defaults) {
  const described = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" }]));
  const { values } = parseArgs({ options: described });
  return Object.fromEntries(
    Object.entries(defaults).map(([name, fallback]) => {
      const given = values[name];
      if (given === undefined && fallback === undefined) throw new Error(`--${name} is needed`);
      return [name, given === undefined ? fallback : typeof fallback === "number" ? Number(given) : given];
    }),
  );
}

/** The fleet and the stack that are measured; endpoint, keys and region come from the SDK's environment variables. */
export class Target {
  constructor({ stack, fleet, application }) {
    this.pair = { StackName: stack, FleetName: fleet };
    this.application = application;
    this.client = new AppStreamClient({});
    this.users = 0;
  }

  /** A streaming URL for a user who has not been there before. */
  async url() {
    const user = { UserId: `bench-${process.pid}-${++this.users}`, Validity: 600 };
    const application = this.application ? { ApplicationId: this.application } : {};
    return (await this.client.send(new CreateStreamingURLCommand({ ...this.pair, ...user, ...application }))).StreamingURL;
  }

  /** Waits until nobody is on the fleet and an instance is to be had. */
  async free(seconds = 60) {
    await until(seconds, "the fleet to be free", async () => {
      const { Sessions: sessions } = await this.client.send(new DescribeSessionsCommand(this.pair));
      const { Fleets: fleets } = await this.client.send(new DescribeFleetsCommand({ Names: [this.pair.FleetName] }));
      const status = fleets[0].ComputeCapacityStatus;
      return sessions.every((session) => session.State === "EXPIRED") && !status.InUse && status.Available > 0;
    });
  }
}

/** Polls until `probe` gives something true. */
export async function until(seconds, what, probe, interval = 50) {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await pause(interval);
  }
}

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Nearest-rank percentiles, in the samples' own unit; numbers below 1 to the ten-thousandth, others to the hundredth. */
export function statistics(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const round = (value) => (Math.abs(value) < 1 ? Math.round(value * 10_000) / 10_000 : Math.round(value * 100) / 100);
  if (sorted.length === 0) return { count: 0 };
  return { count: sorted.length, min: round(sorted[0]), p50: round(rank(0.5)), p95: round(rank(0.95)), p99: round(rank(0.99)), max: round(sorted.at(-1)) };
}

/** One line of JSON on standard output: the result, and nothing else goes there. */
export function print(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
