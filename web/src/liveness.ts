/**
 * Whether the stream still lives. A half-open connection gives no sign in a browser for minutes; so what was silent for long is asked (Ping),
 * and what does not answer is dead. One timer at a time, and none shorter than these: nothing runs while nothing happens.
 */

/** Nothing heard for this long: ask. Above the gateway's own pings, which a page does not see. */
export const QUIET_MS = 15_000;
/** Nothing heard for this long after the user did something: ask. */
export const QUIET_AFTER_INPUT_MS = 3_000;
/** Asked, and nothing heard for this long: dead. */
export const ANSWER_MS = 8_000;
/** The same after the page was told that the network may have changed. */
export const ANSWER_WHEN_CHECKED_MS = 4_000;

export interface LivenessActions {
  ping(): void;
  dead(): void;
}

export interface Clock {
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

const BROWSER_CLOCK: Clock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

export class Liveness {
  private timer: unknown;
  private running = false;
  private heard = 0;
  private asked = false;
  private inputSince: number | undefined;

  constructor(
    private readonly actions: LivenessActions,
    private readonly clock: Clock = BROWSER_CLOCK,
  ) {}

  start(): void {
    this.running = true;
    this.received();
    this.arm(QUIET_MS);
  }

  stop(): void {
    this.running = false;
    this.clock.clearTimeout(this.timer);
  }

  /** Something came: cheap, as it is called for every message; the timer looks at what it left. */
  received(): void {
    this.heard = this.clock.now();
    this.asked = false;
    this.inputSince = undefined;
  }

  sentInput(): void {
    if (this.running && this.inputSince === undefined && !this.asked) {
      this.inputSince = this.clock.now();
      this.arm(QUIET_AFTER_INPUT_MS);
    }
  }

  check(): void {
    if (this.running) {
      this.ask(ANSWER_WHEN_CHECKED_MS);
    }
  }

  private ask(patience: number): void {
    this.asked = true;
    this.arm(patience);
    this.actions.ping();
  }

  private arm(ms: number): void {
    this.clock.clearTimeout(this.timer);
    this.timer = this.clock.setTimeout(() => this.look(), ms);
  }

  private look(): void {
    if (this.asked) {
      this.stop();
      this.actions.dead();
      return;
    }
    const now = this.clock.now();
    const due =
      this.inputSince === undefined ? this.heard + QUIET_MS : Math.min(this.inputSince + QUIET_AFTER_INPUT_MS, this.heard + QUIET_MS);
    // A millisecond's grace: timers may fire a little early by this clock.
    if (now >= due - 1) {
      this.ask(ANSWER_MS);
    } else {
      this.arm(due - now);
    }
  }
}
